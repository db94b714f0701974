package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.Writer;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Primary} with a real NATS server.
 */
class PrimaryNatsTests {

	private static NatsServer server;

	private static Writer writer;

	@TempDir
	private Path directory;

	private NatsReplicaStoreSettings settings;

	private PrimaryFixture fixture;

	@BeforeAll
	static void startServer(@TempDir Path store) {
		server = NatsServer.start(store);
		writer = new Writer();
	}

	@AfterAll
	static void stopServer() {
		if (server != null) {
			writer.close();
			server.close();
		}
	}

	@BeforeEach
	void startPrimary() throws IOException, InterruptedException {
		this.settings = PatientSettings.of("test-" + UUID.randomUUID(), this.directory.resolve("spool"),
				Duration.ofSeconds(5));
		this.fixture = new PrimaryFixture(this.directory, (settings) -> PrimaryFixture.settings(200, 512L << 20),
				store(PrimaryFixture.NODE));
		writer.open(this.fixture.database);
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("CREATE TABLE t(v)");
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
	}

	@AfterEach
	void closePrimary() {
		this.fixture.close();
	}

	private NatsReplicaStore store(NodeIdentity node) {
		return new NatsReplicaStore(server::options, this.settings, node);
	}

	@Test
	void busyWriterIsKeptUpWith() throws Exception {
		long[] result = writer.flat(3000, 500);
		assertThat(this.fixture.primary.status().pendingFrames()).as("the backlog").isLessThan(result[0] / 2);
		this.fixture.assertShipped();
		assertThat(this.fixture.restored()).hasSize(2 + (int) result[0]);
		Awaitility.await().until(() -> this.fixture.primary.status().checkpoints() > 0);
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
	}

	@Test
	void greatTransactionIsShippedInOneFile() throws Exception {
		long before = this.fixture.lastTxid();
		writer.sql("BEGIN");
		writer.insert(30, 1 << 20);
		writer.sql("COMMIT");
		this.fixture.assertShipped();
		assertThat(this.fixture.lastTxid()).isEqualTo(before + 1);
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
	}

	@Test
	void serverKilledWhileWritingLosesNothing() throws Exception {
		writer.begin("flat 4000 500");
		for (int i = 0; i < 2; i++) {
			long before = this.fixture.primary.status().txid();
			Awaitility.await().until(() -> this.fixture.primary.status().txid() > before + 5);
			server.kill();
			server.restart();
		}
		writer.answer();
		this.fixture.assertShipped();
		assertThat(this.fixture.primary.status().snapshots()).isEqualTo(1);
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
	}

	/**
	 * A full bucket is told of, with what to do, and shipping goes on from the
	 * write-ahead log as soon as there is room.
	 */
	@Test
	void fullBucketIsToldOfAndShippingGoesOnWhenThereIsRoom() throws Exception {
		maxBytes(1 << 20);
		writer.insert(300, 5000);
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(status().failure()).contains("full").contains("max-bytes"));
		writer.insert(100, 5000);
		maxBytes(-1);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> status().failure() == null);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
	}

	private PrimaryStatus status() {
		return this.fixture.primary.status();
	}

	private void maxBytes(long bytes) throws Exception {
		try (Connection connection = Nats.connect(server.url())) {
			JetStreamManagement management = connection.jetStreamManagement();
			StreamConfiguration stream = management.getStreamInfo("OBJ_" + this.settings.bucket()).getConfiguration();
			management.updateStream(StreamConfiguration.builder(stream).maxBytes(bytes).build());
		}
	}

	@Test
	@LitestreamBug(15)
	void newerLeaderEndsShipping() {
		NodeIdentity other = new NodeIdentity("test", new NodeId("node-b"), "nonce-b");
		try (NatsReplicaStore store = store(other); LogWriter taken = store.fence(new Epoch(2), other)) {
			long before = this.fixture.lastTxid();
			writer.insert(5, 100);
			Awaitility.await().until(() -> this.fixture.fenced.get() != null);
			assertThat(taken.fence().epoch()).isEqualTo(new Epoch(2));
			assertThat(this.fixture.lastTxid()).isEqualTo(before);
			assertThat(this.fixture.primary.release().shipped()).isFalse();
		}
		writer.closeDatabase();
	}

}
