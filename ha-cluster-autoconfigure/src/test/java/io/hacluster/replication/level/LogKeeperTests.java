package io.hacluster.replication.level;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.replication.Contents;
import io.hacluster.replication.FaultyStore;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxWriter;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LogKeeper}.
 */
class LogKeeperTests {

	private static final Duration STEP = Duration.ofSeconds(30);

	private static final LevelSettings SETTINGS = new LevelSettings(
			List.of(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1)), Duration.ofMinutes(5),
			Duration.ofHours(1), Duration.ofHours(24));

	@TempDir
	private Path directory;

	private final MemoryStore memory = new MemoryStore();

	private FaultyStore faulty;

	private SimulatedLog log;

	@BeforeEach
	void open() {
		this.faulty = new FaultyStore(this.memory);
		this.log = new SimulatedLog(this.faulty, this.directory.resolve("staging"), SETTINGS, 1);
	}

	@AfterEach
	void close() {
		this.log.close();
	}

	private void commit(int count) {
		for (int i = 0; i < count; i++) {
			this.log.commit();
		}
	}

	private void nextInterval() {
		this.log.clock.advance(STEP);
	}

	private void assertNothingIsStaged() throws IOException {
		try (Stream<Path> left = Files.walk(this.directory.resolve("staging"))) {
			assertThat(left.filter(Files::isRegularFile)).isEmpty();
		}
	}

	@Test
	void compactWhenAnIntervalHasPassedFillsLevelOne() throws Exception {
		commit(4);
		assertThat(this.log.keeper.compact()).isEmpty();
		assertThat(this.log.names(1)).isEmpty();
		nextInterval();
		commit(2);
		this.log.keeper.compact();
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 6));
		this.log.keeper.compact();
		assertThat(this.log.names(1)).hasSize(1);
		assertThat(this.log.counters.upkeep().compactions()).isEqualTo(1);
		assertThat(this.log.counters.upkeep().compactionBytes()).isPositive();
		this.log.assertRestorable();
		assertNothingIsStaged();
	}

	@Test
	void publishSnapshotWhenTheLogHasBeenWipedSinceItWasReadIsRefused() throws Exception {
		commit(4);
		String logId = this.log.keeper.logId();
		byte[] content = this.memory.content(LtxName.snapshot(1));
		this.memory.wipe();
		this.log.writer = this.faulty.fence(new Epoch(2), SimulatedLog.NODE);
		AtomicInteger released = new AtomicInteger();
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> this.log.keeper.publishSnapshot(logId, LtxName.snapshot(4), this.log.clock.instant(),
					Contents.of(content), released::incrementAndGet, 1))
			.withMessageContaining("wiped");
		assertThat(this.memory.list()).isEmpty();
		assertThat(released).hasValue(1);
		this.log.keeper.publishSnapshot(this.log.keeper.logId(), LtxName.snapshot(1), this.log.clock.instant(),
				Contents.of(content), released::incrementAndGet, 1);
		assertThat(this.memory.list()).hasSize(1);
		assertThat(released).hasValue(2);
	}

	@Test
	void compactFillsEachLevelAtItsTime() throws Exception {
		commit(1);
		for (int i = 0; i < 120; i++) {
			commit(1);
			nextInterval();
			this.log.keeper.compact();
		}
		assertThat(this.log.names(1)).hasSize(120);
		assertThat(this.log.names(2)).hasSize(12);
		assertThat(this.log.names(3)).containsExactly(new LtxName(3, 2, 121));
		for (int level = 1; level <= 3; level++) {
			SimulatedLog.assertContiguous(this.log.names(level));
		}
		this.log.assertRestorable();
	}

	/**
	 * Litestream #1510: the base is a snapshot and stays one.
	 */
	@LitestreamBug(24)
	@Test
	void compactNeverWritesTheBaseIntoALevel() throws Exception {
		commit(3);
		this.log.clock.advance(Duration.ofHours(1));
		this.log.keeper.compact();
		assertThat(this.log.store.list()).extracting(LogEntry::name)
			.filteredOn((name) -> name.level() > 0 && name.minTxid() == 1)
			.containsExactly(LtxName.snapshot(1));
		assertThat(this.log.names(3)).containsExactly(new LtxName(3, 2, 3));
	}

	@Test
	void compactOfManyFilesIsDoneInPasses() throws Exception {
		try (SimulatedLog many = new SimulatedLog(new MemoryStore(), this.directory.resolve("staging"), SETTINGS, 1)) {
			for (int i = 0; i < 2500; i++) {
				many.commit();
			}
			many.clock.advance(STEP);
			many.keeper.compact();
			assertThat(many.names(1)).containsExactly(new LtxName(1, 2, 2500));
			many.assertRestorable((point) -> point % 500 == 0);
			assertNothingIsStaged();
		}
	}

	/**
	 * Litestream #1151 and #1458: what is lost holds up nothing; a snapshot covers it.
	 */
	@LitestreamBug(14)
	@Test
	void compactWhenABatchIsLostGoesOnAfterASnapshot() throws Exception {
		commit(5);
		this.memory.lose(LtxName.batch(4));
		nextInterval();
		assertThat(this.log.keeper.compact()).contains("Transactions 4 to 4 are missing in level 0 of the log");
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 3));
		this.log.snapshot();
		assertThat(this.log.keeper.compact()).isEmpty();
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 3), new LtxName(1, 5, 5));
		commit(1);
		this.log.clock.advance(Duration.ofMinutes(5));
		this.log.keep();
		assertThat(this.log.names(2)).containsExactly(new LtxName(2, 2, 3), new LtxName(2, 5, 6));
		this.log.assertRestorable();
	}

	/**
	 * Litestream #1151 and #1458: the same for a file that is there and is not sound.
	 */
	@LitestreamBug(14)
	@Test
	void compactWhenABatchIsDamagedGoesOnAfterASnapshot() throws Exception {
		commit(60);
		this.memory.flip(LtxName.batch(4), 130);
		this.memory.change(LtxName.batch(59), (bytes) -> Arrays.copyOf(bytes, 50));
		nextInterval();
		assertThat(this.log.keeper.compact()).contains("Transactions 4 to 4 are missing in level 0 of the log");
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 3));
		this.log.snapshot();
		assertThat(this.log.keeper.compact()).isEmpty();
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 3), new LtxName(1, 5, 58),
				new LtxName(1, 60, 60));
		assertNothingIsStaged();
	}

	@Test
	void compactWhenABatchBelongsToOtherTransactionsLeavesItOut() throws Exception {
		commit(4);
		this.memory.change(LtxName.batch(3), (bytes) -> this.memory.content(LtxName.batch(2)));
		nextInterval();
		assertThat(this.log.keeper.compact()).isPresent();
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 2));
	}

	/**
	 * A level that is not sound is found by the next one.
	 */
	@Test
	void compactWhenALevelIsDamagedGoesOnAfterASnapshot() throws Exception {
		commit(3);
		nextInterval();
		this.log.keeper.compact();
		commit(1);
		this.log.clock.advance(Duration.ofMinutes(5));
		this.memory.flip(new LtxName(1, 2, 3), -1);
		assertThat(this.log.keeper.compact()).contains("Transactions 2 to 3 are missing in level 1 of the log");
		this.log.snapshot();
		assertThat(this.log.keeper.compact()).isEmpty();
		assertThat(this.log.names(2)).containsExactly(new LtxName(2, 4, 4));
	}

	/**
	 * Another size of pages comes with a full copy; levels begin anew with it.
	 */
	@Test
	void compactWhenThePageSizeChangesEndsAFileThere() throws Exception {
		commit(3);
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (var ltx = new LtxWriter(out, LtxHeader.noChecksum(1024, 1, 4, 4, this.log.clock.millis()))) {
			ltx.writePage(1, new byte[1024], 0);
			ltx.finish();
		}
		this.log.append(LtxName.batch(4), out.toByteArray());
		nextInterval();
		assertThat(this.log.keeper.compact()).isEmpty();
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 3), new LtxName(1, 4, 4));
		assertThat(this.log.keeper.mergeSnapshot(Long.MAX_VALUE)).isEmpty();
	}

	@Test
	void compactWhenTheLogWasFencedSinceAppendsNothing() throws Exception {
		try (SimulatedLog local = new SimulatedLog(
				new LocalReplicaStore(this.directory.resolve("log"), SimulatedLog.NODE),
				this.directory.resolve("staging"), SETTINGS, 1)) {
			local.commit();
			local.commit();
			local.clock.advance(STEP);
			LogKeeper deposed = local.keeper;
			deposed.isSnapshotDue();
			LogWriter former = local.writer;
			local.lead();
			local.keeper.compact();
			LogWriter current = local.writer;
			local.writer = former;
			assertThatExceptionOfType(HaClusterException.class).isThrownBy(deposed::compact)
				.withMessageContaining("fence again");
			local.writer = current;
			assertThat(local.names(1)).containsExactly(new LtxName(1, 2, 2));
		}
	}

	/**
	 * An append of which nobody knows whether it has landed.
	 */
	@Test
	void compactWhenAnAppendIsReportedAsFailedIsNotDoneTwice() throws Exception {
		commit(4);
		nextInterval();
		this.faulty.failAfterLanding.set(1);
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this.log.keeper::compact);
		commitUnder(this.log);
		nextInterval();
		this.log.keeper.compact();
		assertThat(this.log.names(1)).containsExactly(new LtxName(1, 2, 4), new LtxName(1, 5, 5));
		this.log.assertRestorable();
	}

	private void commitUnder(SimulatedLog log) {
		log.writer.close();
		log.writer = log.store.fence(new Epoch(1), SimulatedLog.NODE);
		log.commit();
	}

	@Test
	void compactWhenToldToStopDoesNothing() throws Exception {
		commit(4);
		nextInterval();
		this.log.stopped = true;
		this.log.keeper.compact();
		assertThat(this.log.names(1)).isEmpty();
	}

	@Test
	void compactWhenToldToStopDuringTheUploadEndsItAndLeavesNothingBehind() throws Exception {
		commit(4);
		nextInterval();
		this.memory.beforeAppend = () -> this.log.stopped = true;
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this.log.keeper::compact)
			.withMessageContaining("abandoned");
		assertThat(this.log.names(1)).isEmpty();
		assertNothingIsStaged();
	}

	/**
	 * Litestream #896, #927 and #997: no snapshot when nothing has changed.
	 */
	@LitestreamBug(10)
	@Test
	void snapshotIsDueWhenItIsOldAndSomethingHasChanged() throws Exception {
		commit(1);
		this.log.clock.advance(Duration.ofDays(2));
		assertThat(this.log.keeper.isSnapshotDue()).isFalse();
		commit(1);
		assertThat(this.log.keeper.isSnapshotDue()).isTrue();
		assertThat(this.log.keeper.mergeSnapshot(Long.MAX_VALUE)).map(LogEntry::name).contains(LtxName.snapshot(2));
		assertThat(this.log.keeper.isSnapshotDue()).isFalse();
		commit(1);
		this.log.clock.advance(Duration.ofMinutes(59));
		assertThat(this.log.keeper.isSnapshotDue()).isFalse();
		this.log.clock.advance(Duration.ofMinutes(1));
		assertThat(this.log.keeper.isSnapshotDue()).isTrue();
	}

	@Test
	void mergeSnapshotWhenReadingTheDatabaseIsCheaperDoesNothing() throws Exception {
		commit(20);
		long bytes = this.log.store.list()
			.stream()
			.filter((entry) -> entry.name().level() == 9 || entry.name().minTxid() > 1)
			.mapToLong(LogEntry::size)
			.sum();
		assertThat(this.log.keeper.mergeSnapshot(bytes - 1)).isEmpty();
		assertThat(this.log.keeper.mergeSnapshot(bytes)).isPresent();
		this.log.assertRestorable();
	}

	@Test
	void mergeSnapshotWhenTransactionsAreMissingDoesNothing() throws Exception {
		commit(4);
		this.memory.lose(LtxName.batch(3));
		assertThat(this.log.keeper.mergeSnapshot(Long.MAX_VALUE)).isEmpty();
	}

	@Test
	void mergeSnapshotWhenTheBaseIsDamagedDoesNothing() throws Exception {
		commit(4);
		this.memory.flip(LtxName.snapshot(1), -1);
		assertThat(this.log.keeper.mergeSnapshot(Long.MAX_VALUE)).isEmpty();
		assertThat(this.log.keeper.isSnapshotDue()).isTrue();
	}

	/**
	 * A kill in the middle leaves staging files, which the next life removes.
	 */
	@Test
	void mergeRemovesWhatAFormerProcessHasLeft() throws Exception {
		Path left = Files.write(Files.createDirectories(this.directory.resolve("staging")).resolve("level-1.in"),
				new byte[10]);
		commit(2);
		nextInterval();
		this.log.keeper.compact();
		assertThat(left).doesNotExist();
	}

	/**
	 * Litestream #1084 and #847: for random histories, whatever is left in the log leads
	 * to what the database was, and any time within the retention has a point close by.
	 */
	@LitestreamBug(17)
	@Test
	void everySurvivingPointIsRestoredAsItWas() throws Exception {
		for (int seed = 0; seed < 12; seed++) {
			Random random = new Random(seed);
			Duration first = Duration.ofSeconds(5 + random.nextInt(20));
			LevelSettings settings = new LevelSettings(List.of(first, first.multipliedBy(4), first.multipliedBy(13)),
					Duration.ofSeconds(random.nextInt(60)), Duration.ofSeconds(60 + random.nextInt(200)),
					Duration.ofSeconds(60 + random.nextInt(400)));
			try (SimulatedLog history = new SimulatedLog(new MemoryStore(), this.directory.resolve("staging"), settings,
					seed)) {
				history.commit();
				for (int i = 0; i < 120; i++) {
					act(history, random);
				}
				history.keep();
				assertPointsAreClose(history, settings, history.assertRestorable());
			}
		}
	}

	private static void act(SimulatedLog history, Random random) throws InterruptedException {
		switch (random.nextInt(12)) {
			case 0 -> history.commitAll();
			case 1 -> history.snapshot();
			case 2 -> history.lead();
			case 3, 4 -> history.clock.advance(Duration.ofSeconds(random.nextInt(60)));
			case 5, 6, 7 -> history.keep();
			default -> history.commit();
		}
		history.clock.advance(Duration.ofMillis(1 + random.nextInt(5000)));
	}

	private static void assertPointsAreClose(SimulatedLog history, LevelSettings settings,
			NavigableMap<Long, Instant> points) {
		Instant now = history.clock.instant();
		Instant kept = now.minus(settings.batchRetention());
		for (int i = 0; i < history.times.size(); i++) {
			if (history.times.get(i).isAfter(kept)) {
				assertThat(points).containsKey(i + 1L);
			}
			if (history.times.get(i).isAfter(now.minus(settings.retention()))) {
				assertThat(points.floorKey(i + 1L)).as("a point before transaction %d", i + 1).isNotNull();
			}
		}
	}

}
