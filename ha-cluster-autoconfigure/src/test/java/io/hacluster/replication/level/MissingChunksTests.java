package io.hacluster.replication.level;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxWriter;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A leader keeps its log although files in the bucket have lost chunks.
 */
class MissingChunksTests {

	private static final AtomicInteger counter = new AtomicInteger();

	private static final LevelSettings SETTINGS = new LevelSettings(List.of(Duration.ofSeconds(30)),
			Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(24));

	/** Of random pages, so that the file takes several chunks. */
	private static final int PAGES = 1000;

	@TempDir
	static Path directory;

	private static NatsServer server;

	private static Connection connection;

	private NatsReplicaStoreSettings settings;

	private SimulatedLog log;

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(directory.resolve("nats"));
		connection = server.connect();
	}

	@AfterAll
	static void stopServer() throws Exception {
		if (connection != null) {
			connection.close();
			server.close();
		}
	}

	@BeforeEach
	void open() {
		this.settings = PatientSettings.of("chunks-" + counter.incrementAndGet(), directory.resolve("spool"));
		this.log = new SimulatedLog(new NatsReplicaStore(server::options, this.settings, SimulatedLog.NODE),
				directory.resolve("staging"), SETTINGS, 1);
		for (int i = 0; i < 4; i++) {
			this.log.commit();
		}
	}

	@AfterEach
	void close() {
		this.log.close();
	}

	/**
	 * The leader took no snapshot any more, while retention went on.
	 */
	@Test
	void mergeSnapshotWhenTheBaseLacksItsLastChunkLeavesItToTheDatabase() throws Exception {
		LogEntry base = largeSnapshot();
		assertThat(base.size()).isGreaterThan(3 * 128 * 1024);
		this.log.commit();
		loseLastChunk(base);
		this.log.clock.advance(Duration.ofHours(2));
		assertThat(this.log.keeper.snapshotTxid()).isEqualTo(4);
		assertThat(this.log.keeper.mergeSnapshot(Long.MAX_VALUE)).isEmpty();
		assertThat(this.log.keeper.snapshotTxid()).isEqualTo(1);
		assertThat(this.log.keeper.isSnapshotDue()).isTrue();
		this.log.snapshot();
		this.log.commit();
		this.log.clock.advance(Duration.ofHours(25));
		assertThat(this.log.keeper.mergeSnapshot(Long.MAX_VALUE)).map(LogEntry::name).contains(LtxName.snapshot(6));
		this.log.keeper.retire();
		assertThat(this.log.names(LtxName.LEVEL_SNAPSHOT)).doesNotContain(base.name());
		this.log.assertRestorable();
	}

	@Test
	void mergeSnapshotWhenTheOnlyChunkOfTheBaseIsLostLeavesItToTheDatabase() throws Exception {
		loseLastChunk(this.log.store.list()
			.stream()
			.filter((entry) -> entry.name().equals(LtxName.snapshot(1)))
			.findFirst()
			.orElseThrow());
		assertThat(this.log.keeper.mergeSnapshot(Long.MAX_VALUE)).isEmpty();
		assertThat(this.log.keeper.snapshotTxid()).isZero();
		assertThat(this.log.keeper.isSnapshotDue()).isTrue();
	}

	@Test
	void compactWhenABatchLacksItsChunkGoesOnAfterASnapshot() throws Exception {
		loseLastChunk(this.log.commit());
		this.log.commit();
		this.log.clock.advance(Duration.ofSeconds(30));
		assertThat(this.log.keeper.compact()).contains("Transactions 5 to 5 are missing in level 0 of the log");
		this.log.snapshot();
		assertThat(this.log.keeper.compact()).isEmpty();
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 4), new LtxName(1, 6, 6));
	}

	private LogEntry largeSnapshot() throws IOException {
		Random random = new Random(1);
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LtxHeader header = LtxHeader.noChecksum(SimulatedLog.PAGE_SIZE, PAGES, 1, this.log.txid(),
				this.log.clock.millis());
		try (LtxWriter ltx = new LtxWriter(out, header)) {
			for (int pgno = 1; pgno <= PAGES; pgno++) {
				byte[] page = new byte[SimulatedLog.PAGE_SIZE];
				random.nextBytes(page);
				ltx.writePage(pgno, page, 0);
			}
			ltx.finish();
		}
		return this.log.append(LtxName.snapshot(this.log.txid()), out.toByteArray());
	}

	private void loseLastChunk(LogEntry entry) throws Exception {
		// The description follows the last chunk at once
		connection.jetStreamManagement().deleteMessage("OBJ_" + this.settings.bucket(), entry.offset().value() - 1);
	}

}
