package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LtxFiles;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.RestoredDatabase;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a {@link Primary} whose store fails or whose node has crashed.
 */
class PrimaryFailureTests extends AbstractPrimaryTests {

	@BeforeEach
	void startPrimary() throws IOException, InterruptedException {
		this.fixture = new PrimaryFixture(this.directory);
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(10, 1000);
		this.fixture.awaitLevel();
	}

	@Test
	void appendThatFailedWithoutLandingIsRepeated() throws Exception {
		this.fixture.faulty.failBeforeLanding.set(2);
		writer.insert(10, 5000);
		this.fixture.assertShipped();
		assertThat(status().storeErrors()).isPositive();
		assertThat(this.fixture.faulty.fences).hasValueGreaterThan(1);
		assertEndsEqual();
	}

	/**
	 * No gap and no transaction twice: what landed although it was reported as failed is
	 * not shipped again.
	 */
	@Test
	void appendThatFailedAfterLandingIsNotRepeated() throws Exception {
		long before = this.fixture.lastTxid();
		this.fixture.faulty.failAfterLanding.set(1);
		writer.sql("INSERT INTO t VALUES (randomblob(100))");
		this.fixture.assertShipped();
		assertThat(this.fixture.lastTxid()).isEqualTo(before + 1);
		this.fixture.faulty.failAfterLanding.set(3);
		writer.insert(30, 5000);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	@Test
	void appendsInFlightThatAreLostAreRepeated() throws Exception {
		this.fixture.faulty.silent = true;
		writer.insert(1, 5000);
		writer.insert(1, 5000);
		Awaitility.await().until(() -> status().pendingFrames() > 0);
		this.fixture.faulty.silent = false;
		this.fixture.faulty.failBeforeLanding.set(1);
		writer.insert(5, 5000);
		assertThat(this.fixture.primary.flush(Duration.ofMillis(300))).isFalse();
	}

	@Test
	void storeThatIsAwayForLongIsCaughtUpWith() throws Exception {
		this.fixture.faulty.down = true;
		writer.insert(500, 2000);
		Awaitility.await().until(() -> status().failure() != null);
		writer.insert(500, 2000);
		this.fixture.faulty.down = false;
		this.fixture.assertShipped();
		assertThat(status().failure()).isNull();
		assertThat(status().pendingFrames()).isZero();
		assertThat(status().lag()).isZero();
		assertEndsEqual();
	}

	@Test
	@LitestreamBug(15)
	void newerLeaderEndsShippingAndIsReported() throws Exception {
		this.fixture.store.fence(new Epoch(2), new NodeIdentity("test", new NodeId("node-b"), "nonce-b"));
		long before = this.fixture.lastTxid();
		writer.insert(3, 100);
		Awaitility.await().until(() -> this.fixture.fenced.get() != null);
		assertThat(status().fenceRejections()).isEqualTo(1);
		assertThat(status().failure()).contains("newer leader");
		assertThat(this.fixture.lastTxid()).isEqualTo(before);
		assertThat(this.fixture.primary.flush(Duration.ofMillis(200))).isFalse();
		PrimaryEnd end = this.fixture.primary.release();
		assertThat(end.shipped()).isFalse();
		assertThat(end.txid()).isEqualTo(before);
		writer.closeDatabase();
	}

	@Test
	void releaseWhenNotShippedLeavesTheFramesInTheWal() throws Exception {
		this.fixture.faulty.down = true;
		writer.insert(5, 5000);
		writer.closeDatabase();
		this.fixture.primary.stopLoop(Duration.ofSeconds(5));
		assertThat(this.fixture.primary.flush(Duration.ofMillis(200))).isFalse();
		Path wal = PrimaryDatabase.beside(this.fixture.database, "-wal");
		long bytes = Files.size(wal);
		PrimaryEnd end = this.fixture.primary.release();
		assertThat(end.shipped()).isFalse();
		assertThat(end.walEmpty()).isFalse();
		assertThat(wal).hasSize(bytes);
		this.fixture.faulty.down = false;
		this.fixture.restart(PrimaryPosition.shipped(end.txid()));
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isZero();
		this.fixture.assertEndsEqual();
	}

	/**
	 * Rejoin of a leader that crashed with frames that the log lacks, and Litestream
	 * #752: the same with a checkpoint while we were down.
	 */
	@Test
	@LitestreamBug(7)
	void restartContinuesOnlyWhereTheWalProvesIt() throws Exception {
		this.fixture.primary.release();
		writer.insert(5, 3000);
		this.fixture.restart(PrimaryPosition.unknown(this.fixture.lastTxid()));
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		writer.insert(5, 3000);
		this.fixture.awaitLevel();
		this.fixture.faulty.down = true;
		writer.insert(5, 3000);
		this.fixture.primary.release();
		this.fixture.faulty.down = false;
		long before = this.fixture.lastTxid();
		writer.insert(1, 10);
		this.fixture.restart(PrimaryPosition.shipped(before));
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isZero();
		this.fixture.faulty.down = true;
		writer.insert(1, 10);
		this.fixture.primary.release();
		this.fixture.faulty.down = false;
		writer.sql("PRAGMA wal_checkpoint(TRUNCATE)");
		writer.insert(10, 3000);
		this.fixture.restart(PrimaryPosition.shipped(this.fixture.lastTxid()));
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	/**
	 * After a power failure other frames may stand where the shipped ones stood, under
	 * the same salts.
	 */
	@Test
	void overwrittenFramesUnderTheSameSaltsAreNoticed() throws Exception {
		writer.insert(5, 3000);
		this.fixture.awaitLevel();
		this.fixture.faulty.down = true;
		writer.sql("UPDATE t SET v = zeroblob(500) WHERE rowid = 1");
		this.fixture.primary.release();
		this.fixture.faulty.down = false;
		writer.closeDatabase();
		long txid = this.fixture.lastTxid();
		LogEntry last = this.fixture.batches().get((int) txid - 1);
		Path file = this.directory.resolve("log").resolve(last.name().path());
		LtxFiles.changeOnePage(file);
		this.fixture.restart(PrimaryPosition.shipped(txid));
		this.fixture.awaitLevel();
		assertThat(status().snapshots()).isEqualTo(1);
		assertThat(this.fixture.lastTxid()).isEqualTo(txid + 1);
	}

	/**
	 * Litestream #1310: a full disk is reported, and shipping resumes by itself.
	 */
	@Test
	@LitestreamBug(12)
	void stagingThatCannotBeWrittenIsReportedAndTriedAgain() throws Exception {
		Path aside = this.directory.resolve("aside");
		Files.move(this.fixture.state, aside);
		writer.sql("BEGIN");
		writer.insert(4, 1 << 20);
		writer.sql("COMMIT");
		Awaitility.await().until(() -> status().failure() != null);
		assertThat(status().failure()).contains("data.db-ha");
		Files.move(aside, this.fixture.state);
		this.fixture.assertShipped();
		Awaitility.await().until(() -> status().failure() == null);
		assertEndsEqual();
	}

	@Test
	void wipedLogIsGivenTheWholeDatabaseUnderTheNextNumber() throws Exception {
		long acknowledged = this.fixture.lastTxid();
		this.fixture.faulty.down = true;
		writer.insert(1, 10);
		Awaitility.await().until(() -> status().failure() != null);
		for (LogEntry entry : this.fixture.store.list()) {
			Files.delete(this.directory.resolve("log").resolve(entry.name().path()));
		}
		this.fixture.faulty.down = false;
		this.fixture.awaitLevel();
		assertThat(this.fixture.store.list()).extracting(LogEntry::name)
			.containsExactly(LtxName.batch(acknowledged + 1));
		try (Snapshotter snapshotter = new Snapshotter(PrimaryFixture.levels(), PrimaryFixture.NODE,
				this.fixture.primary, this.fixture.store, this.fixture.clock, Ticker.SYSTEM)) {
			snapshotter.snapshot();
		}
		Path restored = this.directory.resolve("restored.db");
		RestoredDatabase.restore(this.fixture.store, restored, Long.MAX_VALUE);
		assertThat(RestoredDatabase.dump(restored)).isEqualTo(RestoredDatabase.dump(this.fixture.database));
		writer.closeDatabase();
	}

	@Test
	void releaseIsIdempotentAndEndsTheThreads() throws Exception {
		PrimaryEnd end = assertEndsEqual();
		assertThat(this.fixture.primary.release()).isEqualTo(end);
		this.fixture.primary.close();
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("ha-primary-test")
						|| thread.getName().equals("ha-watch-test")));
		assertThat(status().state()).isEqualTo(ReplicationStatus.State.STOPPED);
	}

}
