package io.hacluster.replication.primary;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryFullCopy}.
 */
class PrimaryFullCopyTests extends AbstractPrimaryTests {

	private static final long SECOND = 1_000_000_000L;

	/**
	 * The thread that ships has time for others while a copy is under way, and what is
	 * written meanwhile follows the copy.
	 */
	@Test
	void copyThatTakesLongKeepsNobodyWaiting() throws Exception {
		this.fixture = new PrimaryFixture(this.directory);
		createDatabase();
		writer.insert(500, 5000);
		this.fixture.faulty.silent = true;
		this.fixture.start(PrimaryPosition.seed());
		writer.sql("PRAGMA busy_timeout=0");
		writer.insert(100, 5000);
		writer.sql("PRAGMA busy_timeout=10000");
		long start = System.nanoTime();
		assertThat(this.fixture.primary.isLevel()).isFalse();
		assertThat(this.fixture.primary.openSnapshot(() -> false)).isEmpty();
		assertThat(status().lag()).isPositive();
		this.fixture.primary.stopLoop(Duration.ofSeconds(20));
		assertThat(this.fixture.primary.release().shipped()).isFalse();
		assertThat(System.nanoTime() - start).as("what others waited for").isLessThan(10 * SECOND);
		assertThat(this.fixture.state).isEmptyDirectory();
		writer.closeDatabase();
	}

	@Test
	void copyIsSentAgainWhenTheStoreFailsMeanwhile() throws Exception {
		this.fixture = new PrimaryFixture(this.directory);
		createDatabase();
		writer.insert(500, 5000);
		this.fixture.faulty.failBeforeLanding.set(3);
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(50, 5000);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertThat(status().storeErrors()).isPositive();
		assertThat(this.fixture.state).isEmptyDirectory();
		assertEndsEqual();
	}

	@Test
	void copyThatHasLandedAlthoughTheStoreFailedIsNotSentAgain() throws Exception {
		this.fixture = new PrimaryFixture(this.directory);
		createDatabase();
		writer.insert(500, 5000);
		this.fixture.faulty.failAfterLanding.set(2);
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
		assertThat(this.fixture.lastTxid()).isEqualTo(1);
		writer.insert(50, 5000);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	/**
	 * Litestream #1166 and #1309, for a copy that takes the place of a batch: neither the
	 * checkpoints of the writer nor what it writes tear it.
	 */
	@Test
	@LitestreamBug(2)
	void copyWhileWriterChangesEverythingAndCheckpointsIsNotTorn() throws Exception {
		start(30, MAX_WAL);
		writer.insert(400, 4000);
		this.fixture.awaitLevel();
		writer.sql("PRAGMA wal_autocheckpoint=20");
		for (int i = 0; i < 4; i++) {
			this.fixture.primary.call(() -> {
				this.fixture.primary.parts().engine.loseContinuity();
				return true;
			});
			writer.sql("UPDATE t SET v = randomblob(4000)");
			writer.insert(100, 4000);
			writer.sql("DELETE FROM t WHERE rowid % 2 = 0");
		}
		this.fixture.assertShipped();
		Awaitility.await().until(() -> status().snapshots() > 1);
		assertEndsEqual();
	}

	@Test
	void databaseReplacedWhileACopyIsUnderWayIsShipped() throws Exception {
		this.fixture = new PrimaryFixture(this.directory);
		createDatabase();
		writer.insert(500, 5000);
		this.fixture.faulty.silent = true;
		this.fixture.start(PrimaryPosition.seed());
		Awaitility.await().until(() -> this.fixture.primary.parts().fullCopy.isUnderWay());
		writer.closeDatabase();
		for (String suffix : new String[] { "", "-wal", "-shm" }) {
			PrimaryDatabase.beside(this.fixture.database, suffix).toFile().delete();
		}
		writer.open(this.fixture.database);
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("CREATE TABLE other(v)");
		this.fixture.faulty.silent = false;
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			this.fixture.awaitLevel();
			assertThat(this.fixture.restored()).contains("other");
		});
		assertEndsEqual();
	}

}
