package io.hacluster.replication.peer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;

import io.nats.client.Connection;
import io.nats.client.api.ObjectStoreConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.NatsServer;
import io.hacluster.test.SqliteShell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the public Litestream writes, live and with levels and snapshots, we read: a
 * follower while Litestream goes on, and a restore when all is written.
 */
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

	@LitestreamBug(25)
	@Test
	void replicaInABucketOfAnyChunks() throws Exception {
		NatsReplicaStoreSettings settings = bucket();
		replicate(Litestream.CURRENT, 4096, AutoVacuum.INCREMENTAL, stores(settings), url(settings));
		Rechunker.rechunk(server, settings.bucket());
		assertRestored(stores(settings), Dump.of(this.directory.resolve("litestream.db")));
	}

	@LitestreamBug(25)
	@Test
	void replicaInABucketWithPagesAsLz4Frames() throws Exception {
		NatsReplicaStoreSettings settings = bucket();
		replicate(Litestream.LEGACY, 512, AutoVacuum.NONE, stores(settings), url(settings));
	}

	private NatsReplicaStoreSettings bucket() throws Exception {
		NatsReplicaStoreSettings settings = PatientSettings.of("peer-" + UUID.randomUUID(),
				this.directory.resolve("spool"));
		try (Connection connection = server.connect()) {
			connection.objectStoreManagement().create(ObjectStoreConfiguration.builder(settings.bucket()).build());
		}
		return settings;
	}

	private static Function<NodeIdentity, ReplicaStore> stores(NatsReplicaStoreSettings settings) {
		return (node) -> new NatsReplicaStore(server::options, settings, node);
	}

	private static String url(NatsReplicaStoreSettings settings) {
		return server.url() + "/" + settings.bucket();
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
				if (version.equals(Litestream.CURRENT)) {
					awaitContent(follower, database);
				}
				workload.rows(5).forEach(writer::run);
			}
			assertReplicaIsRead(version, database, stores, url);
			awaitContent(follower, this.directory.resolve("restored-by-litestream.db"));
		}
	}

	/**
	 * The older version now and then lacks the last transactions (Litestream #1037): so
	 * what Litestream itself restores is what there is to read.
	 */
	private void assertReplicaIsRead(String version, Path database, Function<NodeIdentity, ReplicaStore> stores,
			String url) {
		Path theirs = this.directory.resolve("restored-by-litestream.db");
		Litestream.restore(url, theirs);
		if (version.equals(Litestream.CURRENT)) {
			Dump.of(theirs).assertEquals(Dump.of(database), "restored by Litestream");
		}
		assertRestored(stores, Dump.of(theirs));
	}

	private void assertRestored(Function<NodeIdentity, ReplicaStore> stores, Dump expected) {
		NodeIdentity reader = new NodeIdentity("peer", new NodeId("reader"), "nonce");
		Path ours = this.directory.resolve("restored.db");
		try (ReplicaStore store = stores.apply(reader)) {
			new Restorer(store, reader).restore(
					RestoreRequest.to(ours).checked(RestoreRequest.Check.FULL).overwriting(), RestoreListener.NONE);
		}
		Dump.of(ours).assertEquals(expected, "restored");
	}

	/**
	 * Lets the writer go on until there are files of level 0 and 1, of a higher one, and
	 * snapshots.
	 */
	private static void awaitLevels(ReplicaStore store, Runnable writer) {
		await().atMost(PeerNode.TIMEOUT).pollInterval(Duration.ofMillis(200)).until(() -> {
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
