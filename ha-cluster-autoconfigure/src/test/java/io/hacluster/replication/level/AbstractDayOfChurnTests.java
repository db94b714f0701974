package io.hacluster.replication.level;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A day of a leader in a few seconds: thousands of batches, with bursts and idle times,
 * under a retention that is a part of it.
 */
abstract class AbstractDayOfChurnTests {

	private static final Duration STEP = Duration.ofMinutes(1);

	private final Duration day;

	private final LevelSettings settings;

	@TempDir
	private Path directory;

	/**
	 * Creates a day.
	 * @param day its length; the retention is a sixth of it
	 */
	AbstractDayOfChurnTests(Duration day) {
		this.day = day;
		this.settings = new LevelSettings(List.of(STEP, STEP.multipliedBy(5), STEP.multipliedBy(30)),
				STEP.multipliedBy(5), day.dividedBy(24), day.dividedBy(6));
	}

	abstract ReplicaStore openStore(Path directory);

	/**
	 * Leaves behind what a leader does that is killed in the middle of a compaction.
	 */
	abstract void leaveUnfinished();

	/**
	 * Returns what the store itself has of the log.
	 */
	abstract Footprint footprint(ReplicaStore store) throws Exception;

	/**
	 * Litestream #784, and its tombstones and orphaned chunks: what a log takes is
	 * bounded by its retention, not by its age.
	 */
	@Test
	void logOfADayIsAsLargeAsThatOfItsRetentionAndIsRestored() throws Exception {
		Random random = new Random(5);
		try (SimulatedLog log = new SimulatedLog(openStore(this.directory), this.directory.resolve("staging"),
				this.settings, 5)) {
			simulate(log, random, this.day.dividedBy(3));
			Footprint before = footprint(log.store);
			simulate(log, random, this.day.multipliedBy(2).dividedBy(3));
			assertThat(log.txid()).isGreaterThan(2 * this.day.toMinutes());
			Footprint after = footprint(log.store);
			assertBounded(log, before, after);
			assertPointsAreClose(log, log.assertRestorable());
		}
	}

	private void simulate(SimulatedLog log, Random random, Duration duration) throws InterruptedException {
		Instant end = log.clock.instant().plus(duration);
		while (log.clock.instant().isBefore(end)) {
			boolean idle = log.clock.instant().getEpochSecond() / 1200 % 6 == 5;
			for (int i = idle ? 0 : random.nextInt(6); i > 0; i--) {
				log.commit();
				log.clock.advance(Duration.ofMillis(1 + random.nextInt(5000)));
			}
			log.clock.advance(Duration.ofSeconds(60 - log.clock.instant().getEpochSecond() % 60));
			log.keep();
			if (random.nextInt(100) == 0) {
				log.writer.close();
				leaveUnfinished();
				log.lead();
			}
		}
	}

	private void assertBounded(SimulatedLog log, Footprint before, Footprint after) {
		List<LogEntry> files = log.store.list();
		int snapshots = log.names(LtxName.LEVEL_SNAPSHOT).size();
		assertThat(snapshots).isBetween(2, 7);
		long kept = this.settings.retention().plus(this.settings.snapshotInterval()).toMinutes() + 5;
		assertThat((long) log.names(1).size()).isLessThan(kept);
		assertThat((long) log.names(2).size()).isLessThan(kept / 5 + 2);
		assertThat((long) log.names(3).size()).isLessThan(kept / 30 + 2);
		assertThat(log.names(0).size()).isLessThan(6 * 8);
		for (int level = 1; level <= 3; level++) {
			SimulatedLog.assertContiguous(log.names(level));
		}
		long bytes = files.stream().mapToLong(LogEntry::size).sum();
		assertThat(after.files()).isEqualTo(files.size());
		assertThat(after.bytes()).isGreaterThanOrEqualTo(bytes).isLessThan(3 * bytes + after.allowance());
		assertThat(after.bytes()).isLessThan(before.bytes() * 3 / 2 + after.allowance());
		assertThat(log.counters.upkeep().retiredFiles()).isGreaterThan(log.txid());
	}

	/**
	 * Each transaction of the last minutes is a point; within the retention there is one
	 * that lacks no more than two minutes of commits.
	 */
	private void assertPointsAreClose(SimulatedLog log, NavigableMap<Long, Instant> points) {
		Instant now = log.clock.instant();
		for (int i = 0; i < log.times.size(); i++) {
			long txid = i + 1L;
			Instant time = log.times.get(i);
			if (time.isAfter(now.minus(this.settings.batchRetention()))) {
				assertThat(points).containsKey(txid);
			}
			if (time.isAfter(now.minus(this.settings.retention()))) {
				Long point = points.floorKey(txid);
				assertThat(point).isNotNull();
				Instant firstAfter = (point < txid) ? log.times.get(point.intValue()) : time;
				assertThat(Duration.between(firstAfter, time)).isLessThan(STEP.multipliedBy(2));
			}
		}
	}

	/**
	 * What a store has of a log.
	 *
	 * @param files the files
	 * @param bytes all it takes
	 * @param allowance bytes that have nothing to do with the files
	 */
	record Footprint(long files, long bytes, long allowance) {
	}

}
