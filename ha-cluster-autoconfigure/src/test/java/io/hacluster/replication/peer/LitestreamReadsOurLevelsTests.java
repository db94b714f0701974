package io.hacluster.replication.peer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationSettings;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.ltx.LtxName;
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
 * The public Litestream reads what we have compacted into levels, with snapshots, and
 * with the batches gone that the levels hold.
 */
@Timeout(120)
class LitestreamReadsOurLevelsTests {

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

	@ParameterizedTest
	@EnumSource(names = { "NONE", "FULL" })
	void replicaInADirectory(AutoVacuum autoVacuum) throws Exception {
		Path log = this.directory.resolve("log");
		replicate(1024, autoVacuum, (node) -> new LocalReplicaStore(log, node), "file://" + log);
	}

	@LitestreamBug(25)
	@ParameterizedTest
	@EnumSource(names = { "NONE", "INCREMENTAL" })
	void replicaInABucket(AutoVacuum autoVacuum) throws Exception {
		NatsReplicaStoreSettings settings = PatientSettings.of("peer-" + UUID.randomUUID(),
				this.directory.resolve("spool"));
		replicate(4096, autoVacuum, (node) -> new NatsReplicaStore(server::options, settings, node),
				server.url() + "/" + settings.bucket());
	}

	private void replicate(int pageSize, AutoVacuum autoVacuum, Function<NodeIdentity, ReplicaStore> stores, String url)
			throws Exception {
		Workload workload = new Workload(pageSize, pageSize, autoVacuum);
		Dump written;
		try (PeerNode node = new PeerNode(this.directory.resolve("node"), stores,
				LitestreamReadsOurLevelsTests::settings)) {
			node.promote();
			try (SqliteShell writer = SqliteShell.open(node.database())) {
				writer.run(workload.create());
				node.replicate();
				await().atMost(PeerNode.TIMEOUT).until(() -> {
					workload.rows(3).forEach(writer::run);
					return hasLevelsAndLacksBatches(node.store());
				});
				workload.growAndShrink().forEach(writer::run);
				workload.rows(10).forEach(writer::run);
				written = Dump.of(writer);
			}
			node.flush();
			assertRestored(stores, url, node.database());
		}
		// Only now that nothing more is retired: what Litestream has planned to read, it
		// does not look for again
		Dump.ofReplica(url, autoVacuum, this.directory.resolve("read.db")).assertEquals(written, "read at the end");
	}

	private void assertRestored(Function<NodeIdentity, ReplicaStore> stores, String url, Path database)
			throws Exception {
		Path theirs = this.directory.resolve("theirs.db");
		Litestream.restore(url, theirs);
		assertThat(Files.mismatch(theirs, database)).as("restored by Litestream").isEqualTo(-1);
		Path ours = this.directory.resolve("ours.db");
		NodeIdentity reader = new NodeIdentity("peer", new NodeId("reader"), "nonce");
		try (ReplicaStore store = stores.apply(reader)) {
			new Restorer(store, reader).restore(RestoreRequest.to(ours), RestoreListener.NONE);
		}
		assertThat(Files.mismatch(ours, database)).as("restored by us").isEqualTo(-1);
	}

	private static boolean hasLevelsAndLacksBatches(ReplicaStore store) {
		Set<LtxName> names = store.list().stream().map(LogEntry::name).collect(Collectors.toSet());
		return names.stream().map(LtxName::level).collect(Collectors.toSet()).containsAll(Set.of(1, 2, 3, 9))
				&& !names.contains(LtxName.batch(1)) && !names.contains(LtxName.batch(2));
	}

	private static ReplicationSettings settings(Path path, Path replica) {
		ReplicationSettings defaults = new ReplicationSettings(path, replica, Duration.ofSeconds(2),
				Duration.ofHours(1));
		return new ReplicationSettings(path, replica, defaults.snapshotInterval(), defaults.retention(),
				defaults.checkpointPages(), defaults.minBatchInterval(), defaults.divergedToKeep(),
				List.of(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(1)), Duration.ofMillis(500),
				defaults.maxReplicaWalBytes(), defaults.maxReaderDelay(), defaults.maxWalBytes());
	}

}
