package io.hacluster.replication.primary;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.hacluster.replication.Writer;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the checkpoints of a {@link Primary}.
 */
class PrimaryCheckpointTests extends AbstractPrimaryTests {

	/**
	 * Litestream #1037 and #1083, peer defect 2: the log is used again from its start,
	 * with the file as long as before.
	 */
	@Test
	@LitestreamBug(4)
	void walRestartedAfterCheckpointIsFollowed() throws Exception {
		start(50, MAX_WAL);
		for (int i = 0; i < 10; i++) {
			long before = checkpoints();
			writer.insert(30, 5000);
			Awaitility.await().until(() -> {
				// A checkpoint that was counted before may have gone on with the first of
				// these
				writer.insert(1, 5000);
				return checkpoints() > before;
			});
		}
		this.fixture.assertShipped();
		assertThat(walBytes()).isLessThan(300 * 4120);
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	/**
	 * Litestream #1337 and #1164: nothing that is committed around a checkpoint is lost,
	 * with a writer that never rests. Neither does a backlog build up, nor does any
	 * commit wait for long.
	 */
	@Test
	@LitestreamBug(1)
	void commitsBetweenSealingAndCheckpointAreShipped() throws Exception {
		start(30, MAX_WAL);
		long[] result = writer.flat(3000, 300);
		long start = System.nanoTime();
		this.fixture.awaitLevel();
		assertThat(System.nanoTime() - start).as("the backlog, in time").isLessThan(10_000_000_000L);
		this.fixture.assertShipped();
		assertThat(this.fixture.restored()).hasSize(2 + (int) result[0]);
		assertThat(checkpoints()).isPositive();
		assertThat(status().snapshots()).isEqualTo(1);
		assertThat(status().failure()).isNull();
		assertEndsEqual();
	}

	/**
	 * The log is used from its start again although the writer commits all the time.
	 */
	@Test
	void walOfSteadyWriterStaysSmall() throws Exception {
		start(50, MAX_WAL);
		Writer.Contention result = writer.contend(3000, 2000, 2000);
		assertThat(checkpoints()).isGreaterThan(2);
		assertThat(walBytes()).as("the log beside what was written").isLessThan(result.commits() * 4096 * 2 / 3);
		this.fixture.assertShipped();
		assertEndsEqual();
	}

	/**
	 * Litestream #896, #927, #997, #1165, #1198: an idle database is left alone.
	 */
	@Test
	@LitestreamBug(10)
	void idleDatabaseIsNotCheckpointed() throws Exception {
		start(50, MAX_WAL);
		writer.insert(60, 5000);
		Awaitility.await().until(() -> checkpoints() > 0);
		this.fixture.awaitLevel();
		long checkpoints = checkpoints();
		long txid = this.fixture.lastTxid();
		Awaitility.await()
			.during(Duration.ofMillis(1500))
			.atMost(Duration.ofSeconds(10))
			.until(() -> checkpoints() == checkpoints && this.fixture.lastTxid() == txid);
		assertThat(status().snapshots()).isEqualTo(1);
		writer.closeDatabase();
	}

	@Test
	void checkpointsByTheWriterAreHarmless() throws Exception {
		start(100_000, MAX_WAL);
		writer.sql("PRAGMA busy_timeout=20");
		writer.sql("PRAGMA wal_autocheckpoint=5");
		for (String mode : new String[] { "PASSIVE", "FULL", "RESTART", "TRUNCATE" }) {
			writer.insert(20, 5000);
			writer.sql("PRAGMA wal_checkpoint(" + mode + ")");
			writer.insert(20, 5000);
		}
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		writer.sql("PRAGMA busy_timeout=10000");
		writer.sql("PRAGMA wal_autocheckpoint=1000");
		assertEndsEqual();
	}

	@Test
	void truncatedByTheWriterAfterOurCheckpointIsFollowed() throws Exception {
		start(50, MAX_WAL);
		writer.insert(60, 5000);
		Awaitility.await().until(() -> checkpoints() > 0);
		this.fixture.awaitLevel();
		writer.sql("PRAGMA busy_timeout=20");
		writer.sql("PRAGMA wal_checkpoint(TRUNCATE)");
		writer.sql("PRAGMA wal_checkpoint(TRUNCATE)");
		writer.sql("PRAGMA busy_timeout=10000");
		writer.insert(5, 5000);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	/**
	 * A reader that stays keeps the log from being used again, but not us from trying
	 * only now and then.
	 */
	@Test
	void longReaderDoesNotStopShipping() throws Exception {
		start(50, MAX_WAL);
		try (Writer reader = new Writer().open(this.fixture.database)) {
			writer.insert(1, 10);
			reader.sql("BEGIN");
			reader.sql("SELECT count(*) FROM t");
			writer.insert(300, 5000);
			this.fixture.assertShipped();
			reader.sql("COMMIT");
			writer.insert(60, 5000);
			this.fixture.assertShipped();
		}
		assertEndsEqual();
	}

	@Test
	void runawayWalIsCutBack() throws Exception {
		start(100_000, 1 << 20);
		writer.insert(300, 5000);
		Awaitility.await().until(() -> checkpoints() > 0 && walBytes() <= 1 << 20);
		writer.insert(3, 5000);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	/**
	 * Frames that the log has not acknowledged stay in the write-ahead log, so that a
	 * node that crashes now can tell that it is ahead.
	 */
	@Test
	void nothingIsCheckpointedThatTheLogHasNotAcknowledged() throws Exception {
		start(50, MAX_WAL);
		this.fixture.awaitLevel();
		this.fixture.faulty.down = true;
		writer.sql("PRAGMA wal_autocheckpoint=10");
		writer.insert(300, 5000);
		writer.sql("PRAGMA wal_autocheckpoint=1000");
		Awaitility.await().until(() -> status().pendingFrames() >= 600);
		assertThat(checkpoints()).isZero();
		assertThat(walBytes()).isGreaterThan(600 * 4096);
		assertThat(status().lag()).isPositive();
		assertThat(status().failure()).isNotNull();
		this.fixture.faulty.down = false;
		this.fixture.assertShipped();
		Awaitility.await().until(() -> checkpoints() > 0);
		assertThat(status().failure()).isNull();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	@Test
	void storeThatDoesNotAnswerKeepsNobodyWaiting() throws Exception {
		start(50, MAX_WAL);
		this.fixture.awaitLevel();
		this.fixture.faulty.silent = true;
		writer.sql("PRAGMA busy_timeout=0");
		writer.insert(200, 5000);
		writer.sql("PRAGMA busy_timeout=10000");
		assertThat(checkpoints()).isZero();
		long start = System.nanoTime();
		this.fixture.primary.stopLoop(Duration.ofSeconds(10));
		assertThat(this.fixture.primary.release().shipped()).isFalse();
		assertThat(System.nanoTime() - start).as("time to stop").isLessThan(3_000_000_000L);
		writer.closeDatabase();
	}

	@Test
	void walThatGrowsTooGreatWhileTheStoreIsAwayIsCutBackAndShippedWhole() throws Exception {
		start(50, 1 << 20);
		this.fixture.awaitLevel();
		this.fixture.faulty.down = true;
		writer.insert(300, 5000);
		Awaitility.await().until(() -> walBytes() <= 1 << 20);
		writer.insert(10, 5000);
		this.fixture.faulty.down = false;
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(2);
		assertEndsEqual();
	}

}
