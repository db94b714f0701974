package io.hacluster.replication.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.replication.peer.Workload.AutoVacuum;
import io.hacluster.test.Litestream;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.NatsServer;
import io.hacluster.test.SqliteShell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What we write, the public Litestream reads: its SQLite extension (where it can) while a
 * writer in another process works, and its command line, into the same database byte by
 * byte.
 */
class LitestreamReadsUsTests {

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
	@CsvSource({ "512, NONE", "1024, FULL", "2048, INCREMENTAL", "4096, NONE", "8192, FULL", "16384, INCREMENTAL",
			"32768, NONE", "65536, INCREMENTAL" })
	void replicaInADirectory(int pageSize, AutoVacuum autoVacuum) throws Exception {
		Path log = this.directory.resolve("log");
		replicate(pageSize, autoVacuum, (node) -> new LocalReplicaStore(log, node), "file://" + log);
	}

	@LitestreamBug(25)
	@ParameterizedTest
	@CsvSource({ "512, INCREMENTAL", "1024, NONE", "2048, FULL", "4096, INCREMENTAL", "8192, NONE", "16384, FULL",
			"32768, INCREMENTAL", "65536, NONE" })
	void replicaInABucketWithTombstonesAndPaddedNames(int pageSize, AutoVacuum autoVacuum) throws Exception {
		NatsReplicaStoreSettings settings = PatientSettings.of("peer-" + UUID.randomUUID(),
				this.directory.resolve("spool"));
		replicate(pageSize, autoVacuum, (node) -> new NatsReplicaStore(server::options, settings, node),
				server.url() + "/" + settings.bucket());
	}

	private void replicate(int pageSize, AutoVacuum autoVacuum, Function<NodeIdentity, ReplicaStore> stores, String url)
			throws Exception {
		Workload workload = new Workload(pageSize, pageSize, autoVacuum);
		try (PeerNode node = new PeerNode(this.directory.resolve("node"), stores)) {
			node.promote();
			Dump written;
			try (SqliteShell writer = SqliteShell.open(node.database())) {
				writer.run(workload.create());
				node.replicate();
				workload.rows(40).forEach(writer::run);
				workload.schema().forEach(writer::run);
				awaitReadable(node.store(), url, autoVacuum, Dump.of(writer));
				workload.growAndShrink().forEach(writer::run);
				workload.rollback().forEach(writer::run);
				writer.begin(String.join("\n", workload.rows(60)));
				assertLiveReplicaIsConsistent(url, autoVacuum);
				writer.answer();
				workload.schema().forEach(writer::run);
				written = Dump.of(writer);
			}
			node.flush();
			read(url, autoVacuum).assertEquals(written, "read at the end");
			Path restored = this.directory.resolve("restored.db");
			Litestream.restore(url, restored);
			assertThat(Files.mismatch(restored, node.database())).isEqualTo(-1);
		}
	}

	private void awaitReadable(ReplicaStore store, String url, AutoVacuum autoVacuum, Dump expected) {
		await().atMost(PeerNode.TIMEOUT).until(() -> !store.list().isEmpty());
		await().atMost(PeerNode.TIMEOUT)
			.untilAsserted(() -> read(url, autoVacuum).assertEquals(expected, "read in the middle"));
	}

	private Dump read(String url, AutoVacuum autoVacuum) throws IOException {
		return Dump.ofReplica(url, autoVacuum, this.directory.resolve("read.db"));
	}

	private void assertLiveReplicaIsConsistent(String url, AutoVacuum autoVacuum) {
		if (autoVacuum.readableByExtension()) {
			try (SqliteShell reader = Litestream.open(url)) {
				reader.run("BEGIN;");
				assertThat(Dump.integrityOfReplica(reader)).containsExactly("ok");
				assertThat(reader.run(Workload.invariant() + " COMMIT;")).isEqualTo(Workload.invariantResult());
			}
			return;
		}
		Path restored = this.directory.resolve("live.db");
		Litestream.restore(url, restored);
		try (SqliteShell reader = SqliteShell.open(restored)) {
			assertThat(Dump.integrity(reader)).containsExactly("ok");
			assertThat(reader.run(Workload.invariant())).isEqualTo(Workload.invariantResult());
		}
	}

}
