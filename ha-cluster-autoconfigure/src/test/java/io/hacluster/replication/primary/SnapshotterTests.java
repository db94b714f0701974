package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.HaClusterException;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.RestoredDatabase;
import io.hacluster.replication.Writer;
import io.hacluster.replication.level.LevelSettings;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Snapshotter}.
 */
class SnapshotterTests {

	private static Writer writer;

	@TempDir
	private Path directory;

	private PrimaryFixture fixture;

	private Snapshotter snapshotter;

	@BeforeAll
	static void startWriter() {
		writer = new Writer();
	}

	@AfterAll
	static void stopWriter() {
		writer.close();
	}

	@BeforeEach
	void startPrimary() throws IOException, InterruptedException {
		this.fixture = new PrimaryFixture(this.directory, (settings) -> PrimaryFixture.settings(50, 512L << 20));
		this.snapshotter = new Snapshotter(PrimaryFixture.levels(), PrimaryFixture.NODE, this.fixture.primary,
				this.fixture.faulty, this.fixture.clock, Ticker.SYSTEM);
		writer.open(this.fixture.database);
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("CREATE TABLE t(v)");
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
	}

	@AfterEach
	void closePrimary() {
		this.snapshotter.close();
		this.fixture.close();
	}

	/**
	 * Restores a transaction from level-0 files alone.
	 */
	private Path replay(long txid) throws IOException {
		Path target = this.directory.resolve("until-" + txid + ".db");
		RestoredDatabase.replay(this.fixture.store, target, txid);
		return target;
	}

	private Path restore(LogEntry snapshot) throws IOException {
		Path target = this.directory.resolve("snapshot-" + snapshot.name().maxTxid() + ".db");
		RestoredDatabase.restore(this.fixture.store, target, snapshot.name().maxTxid());
		return target;
	}

	@Test
	void snapshotWhenNothingHasChangedDoesNothing() throws Exception {
		assertThat(this.snapshotter.snapshot()).isEmpty();
		writer.insert(1, 10);
		Optional<LogEntry> snapshot = this.snapshotter.snapshot();
		assertThat(snapshot).hasValueSatisfying((entry) -> assertThat(entry.name().level()).isEqualTo(9));
		assertThat(this.snapshotter.snapshot()).isEmpty();
	}

	/**
	 * Litestream #1166 and #1309: neither the writer's checkpoints nor ours tear a
	 * snapshot, whichever part of the log has been checkpointed when it begins.
	 */
	@Test
	@LitestreamBug(2)
	void checkpointsWhileSnapshotIsReadDoNotTearIt() throws Exception {
		for (int i = 0; i < 3; i++) {
			writer.insert(7 + 20 * i, 5000);
			if (i == 1) {
				long before = this.fixture.primary.status().checkpoints();
				writer.insert(60, 5000);
				Awaitility.await().until(() -> this.fixture.primary.status().checkpoints() > before);
			}
			this.fixture.awaitLevel();
			try (SnapshotSource source = this.fixture.primary.openSnapshot(() -> false).orElseThrow()) {
				long before = this.fixture.primary.status().checkpoints();
				writer.sql("PRAGMA busy_timeout=50");
				writer.sql("UPDATE t SET v = randomblob(5000)");
				writer.sql("PRAGMA wal_checkpoint(RESTART)");
				writer.sql("PRAGMA busy_timeout=10000");
				writer.insert(100, 5000);
				Awaitility.await().until(() -> this.fixture.primary.status().checkpoints() > before);
				writer.sql("DELETE FROM t WHERE rowid % 2 = 0");
				writer.insert(20, 5000);
				assertSameAsReplay(source);
			}
		}
		this.fixture.assertShipped();
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
	}

	private void assertSameAsReplay(SnapshotSource source) throws IOException {
		Path expected = replay(source.txid());
		try (PrimaryEncoder.EncodedFile file = source.copy(this.fixture.primary.encoder(), () -> false);
				LtxReader reader = new LtxReader(file.openStream());
				var database = Files.newInputStream(expected)) {
			assertThat(reader.header().commit() * reader.header().pageSize()).isEqualTo(Files.size(expected));
			while (reader.next()) {
				assertThat(database.readNBytes(reader.page().length)).isEqualTo(reader.page());
			}
		}
	}

	/**
	 * Litestream #1332: nobody waits for a snapshot.
	 */
	@Test
	@LitestreamBug(11)
	void writerIsNotKeptWaitingWhileSnapshotIsRead() throws Exception {
		writer.insert(10, 5000);
		try (SnapshotSource source = this.fixture.primary.openSnapshot(() -> false).orElseThrow()) {
			writer.sql("PRAGMA busy_timeout=0");
			writer.insert(3, 100);
			assertThat(source.txid()).isPositive();
		}
		writer.sql("PRAGMA busy_timeout=10000");
		writer.closeDatabase();
	}

	@Test
	void snapshotsOfBusyDatabaseRestoreToTheirTransaction() throws Exception {
		writer.begin("flat 2500 2000");
		List<LogEntry> snapshots = new ArrayList<>();
		long end = System.nanoTime() + 2_000_000_000L;
		while (System.nanoTime() < end || snapshots.size() < 2) {
			this.snapshotter.snapshot().ifPresent(snapshots::add);
		}
		writer.answer();
		assertThat(snapshots).hasSizeGreaterThan(1);
		for (LogEntry snapshot : List.of(snapshots.get(0), snapshots.get(snapshots.size() / 2),
				snapshots.get(snapshots.size() - 1))) {
			assertThat(Files.mismatch(restore(snapshot), replay(snapshot.name().maxTxid()))).isEqualTo(-1);
		}
		this.fixture.assertShipped();
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
	}

	@Test
	void threadTakesSnapshotsAndRetiresWhatTheyCover() throws Exception {
		LevelSettings quick = new LevelSettings(List.of(Duration.ofMillis(50)), Duration.ofMinutes(5),
				Duration.ofMillis(50), Duration.ofMillis(1));
		Snapshotter often = new Snapshotter(quick, PrimaryFixture.NODE, this.fixture.primary, this.fixture.faulty,
				Clock.systemUTC(), Ticker.SYSTEM);
		often.start();
		for (int i = 0; i < 10; i++) {
			writer.insert(5, 500);
			Awaitility.await().pollDelay(Duration.ofMillis(60)).until(() -> true);
		}
		Awaitility.await()
			.until(() -> this.fixture.batches().size() < 10 && this.fixture.store.list()
				.stream()
				.filter((entry) -> entry.name().level() == LtxName.LEVEL_SNAPSHOT)
				.count() <= 3);
		often.stop(Duration.ofSeconds(5));
		this.fixture.awaitLevel();
		Path target = this.directory.resolve("planned.db");
		RestoredDatabase.restore(this.fixture.store, target, Long.MAX_VALUE);
		assertThat(RestoredDatabase.dump(target)).isEqualTo(RestoredDatabase.dump(this.fixture.database));
		assertThat(this.fixture.lastTxid()).isEqualTo(this.fixture.primary.status().txid());
		writer.closeDatabase();
	}

	@Test
	void snapshotWhenStoreIsDownFailsAndNextOneSucceeds() throws Exception {
		writer.insert(5, 500);
		this.fixture.awaitLevel();
		this.fixture.faulty.down = true;
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this.snapshotter::snapshot);
		this.fixture.faulty.down = false;
		writer.insert(1, 10);
		this.fixture.awaitLevel();
		assertThat(this.snapshotter.snapshot()).isPresent();
		try (Stream<Path> left = Files.walk(this.fixture.state)) {
			assertThat(left.filter(Files::isRegularFile)).isEmpty();
		}
	}

	@Test
	void fullCopyInPlaceOfBatchIsFollowedBySnapshot() throws Exception {
		writer.insert(5, 500);
		this.fixture.awaitLevel();
		this.fixture.primary.release();
		writer.insert(1, 10);
		this.fixture.primary = this.fixture.create();
		this.snapshotter = new Snapshotter(PrimaryFixture.levels(), PrimaryFixture.NODE, this.fixture.primary,
				this.fixture.faulty, this.fixture.clock, Ticker.SYSTEM);
		this.snapshotter.start();
		long txid = this.fixture.lastTxid();
		this.fixture.start(PrimaryPosition.unknown(txid));
		Awaitility.await()
			.until(() -> this.fixture.store.list()
				.stream()
				.anyMatch((entry) -> entry.name().equals(LtxName.snapshot(txid + 1))));
		writer.closeDatabase();
	}

}
