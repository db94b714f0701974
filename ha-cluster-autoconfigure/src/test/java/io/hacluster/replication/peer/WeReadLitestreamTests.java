package io.hacluster.replication.peer;

import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;

import io.nats.client.Connection;
import io.nats.client.api.ObjectStoreConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.replication.peer.Workload.AutoVacuum;
import io.hacluster.replication.restore.RestoreListener;
import io.hacluster.replication.restore.RestoreRequest;
import io.hacluster.replication.restore.Restorer;
import io.hacluster.test.Litestream;
import io.hacluster.test.NatsServer;
import io.hacluster.test.SqliteShell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the public Litestream writes, live and with levels and snapshots, we read: a
 * follower while Litestream goes on, and a node that comes when all is written.
 */
@Timeout(120)
class WeReadLitestreamTests {

	private static NatsServer server;

	@TempDir
	private Path directory;

	@BeforeAll
	static void startServer(@TempDir Path store) {
		server = NatsServer.start(store);
	}

	@AfterAll
	static void stopServer() {
		if (server != null) {
			server.close();
		}
	}

	@Test
	void replicaInADirectory() throws Exception {
		Path log = this.directory.resolve("log");
		replicate(Litestream.CURRENT, 1024, AutoVacuum.FULL, (node) -> new LocalReplicaStore(log, node),
				"file://" + log);
	}

	@Test
	void replicaInADirectoryWithPagesAsLz4Frames() throws Exception {
		Path log = this.directory.resolve("log");
		replicate(Litestream.LEGACY, 65536, AutoVacuum.INCREMENTAL, (node) -> new LocalReplicaStore(log, node),
				"file://" + log);
	}

	@Test
	void replicaInABucketBug25() throws Exception {
		replicate(Litestream.CURRENT, 4096, AutoVacuum.INCREMENTAL);
	}

	@Test
	void replicaInABucketWithPagesAsLz4FramesBug25() throws Exception {
		replicate(Litestream.LEGACY, 512, AutoVacuum.NONE);
	}

	private void replicate(String version, int pageSize, AutoVacuum autoVacuum) throws Exception {
		NatsReplicaStoreSettings settings = PatientSettings.of("peer-" + UUID.randomUUID(),
				this.directory.resolve("spool"));
		try (Connection connection = server.connect()) {
			connection.objectStoreManagement().create(ObjectStoreConfiguration.builder(settings.bucket()).build());
		}
		replicate(version, pageSize, autoVacuum, (node) -> new NatsReplicaStore(server::options, settings, node),
				server.url() + "/" + settings.bucket());
	}

	private void replicate(String version, int pageSize, AutoVacuum autoVacuum,
			Function<NodeIdentity, ReplicaStore> stores, String url) throws Exception {
		Workload workload = new Workload(pageSize, pageSize, autoVacuum);
		Path database = this.directory.resolve("litestream.db");
		try (PeerNode follower = new PeerNode(this.directory.resolve("follower"), stores);
				SqliteShell writer = SqliteShell.open(database)) {
			writer.run(workload.create());
			try (Litestream litestream = Litestream.replicate(version, database, url)) {
				follower.replication().startFollowing(PeerNode.TIMEOUT);
				workload.growAndShrink().forEach(writer::run);
				workload.schema().forEach(writer::run);
				awaitLevels(follower.store(), () -> workload.rows(5).forEach(writer::run));
				workload.growAndShrink().forEach(writer::run);
				workload.schema().forEach(writer::run);
				awaitContent(follower, database);
				workload.rows(5).forEach(writer::run);
			}
			awaitContent(follower, database);
		}
		NodeIdentity reader = new NodeIdentity("peer", new NodeId("reader"), "nonce");
		try (ReplicaStore store = stores.apply(reader)) {
			Path restored = this.directory.resolve("restored.db");
			new Restorer(store, reader).restore(RestoreRequest.to(restored).checked(RestoreRequest.Check.FULL),
					RestoreListener.NONE);
			Dump.of(restored).assertEquals(Dump.of(database), "restored");
		}
	}

	/**
	 * Lets the writer go on until there are files of level 0 and 1, of a higher one, and
	 * snapshots.
	 */
	private static void awaitLevels(ReplicaStore store, Runnable writer) {
		await().atMost(PeerNode.TIMEOUT).until(() -> {
			writer.run();
			return store.list().stream().map((entry) -> entry.name().level()).distinct().count() >= 4;
		});
	}

	private static void awaitContent(PeerNode follower, Path database) {
		await().atMost(PeerNode.TIMEOUT).untilAsserted(() -> {
			assertThat(follower.replica()).exists();
			Dump.of(follower.replica()).assertEquals(Dump.of(database), follower.replication().status().toString());
		});
	}

}
