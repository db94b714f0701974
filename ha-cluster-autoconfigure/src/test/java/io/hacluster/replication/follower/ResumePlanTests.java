package io.hacluster.replication.follower;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResumePlan}. Files are written as level:min-max=bytes.
 */
class ResumePlanTests {

	@Test
	void ofWhenBatchesAreCheapestTakesThem() {
		assertPlan("0:4-4=10 0:5-5=10", 3, "9:1-5=100 1:4-5=30 0:3-3=10 0:4-4=10 0:5-5=10");
	}

	@Test
	void ofWhenLevelIsCheaperTakesIt() {
		assertPlan("1:4-6=15 0:7-7=10", 3, "9:1-6=100 1:4-6=15 0:4-4=10 0:5-5=10 0:6-6=10 0:7-7=10");
	}

	@Test
	void ofWhenSnapshotIsCheaperThanAllBatchesTakesIt() {
		assertPlan("9:1-6=20 0:7-7=10", 3, "9:1-6=20 0:4-4=10 0:5-5=10 0:6-6=10 0:7-7=10");
	}

	@Test
	void ofWhenBytesAreTheSameTakesFewerFiles() {
		assertPlan("1:4-5=20", 3, "1:4-5=20 0:4-4=10 0:5-5=10");
	}

	/**
	 * Litestream #1460: a file that begins before the place is invisible.
	 */
	@LitestreamBug(20)
	@Test
	void ofWhenFileStraddlesThePlaceTakesItLitestream1460() {
		assertPlan("1:1-20=10 0:21-21=1", 7, "9:1-3=50 1:1-20=10 0:20-20=1 0:21-21=1");
		assertPlan("2:1-20=10 1:15-30=5", 7, "2:1-20=10 1:15-30=5 0:30-30=1");
	}

	/**
	 * Litestream #1515: a follower stalls although a snapshot covers the gap.
	 */
	@LitestreamBug(19)
	@Test
	void ofWhenSnapshotCoversAGapTakesItLitestream1515() {
		assertPlan("9:1-20=1000 0:21-21=1", 7, "0:8-8=1 0:9-9=1 9:1-20=1000 0:20-20=1 0:21-21=1");
	}

	@Test
	void ofWhenThereIsAHoleLeadsUpToIt() {
		ResumePlan plan = ResumePlan.of(entries("0:8-8=1 0:9-9=1 0:12-12=1"), 7);
		assertThat(plan.isComplete()).isFalse();
		assertThat(plan.reached()).isEqualTo(9);
		assertThat(plan.end()).isEqualTo(12);
	}

	@Test
	void ofWhenThereIsNothingMoreIsEmptyAndComplete() {
		ResumePlan plan = ResumePlan.of(entries("9:1-5=10 0:7-7=1"), 7);
		assertThat(plan.files()).isEmpty();
		assertThat(plan.isComplete()).isTrue();
	}

	@Test
	void withoutLastBatchesKeepsWhatATailDoesNotDeliver() {
		ResumePlan plan = ResumePlan.of(entries("0:1-1=1 1:2-4=1 0:4-4=1 0:5-5=1 0:6-6=1"), 0);
		assertThat(text(plan.withoutLastBatches())).isEqualTo("0:1-1=1 1:2-4=1");
		assertThat(plan.withoutLastBatches().reached()).isEqualTo(4);
		assertThat(ResumePlan.of(entries("0:2-2=1 0:3-3=1"), 1).withoutLastBatches().files()).isEmpty();
	}

	@Test
	void ofWhenFilesAreRandomIsTheCheapestOfAllWays() {
		for (int seed = 0; seed < 2000; seed++) {
			Random random = new Random(seed);
			StringBuilder text = new StringBuilder();
			for (int i = random.nextInt(12); i >= 0; i--) {
				int level = random.nextInt(4);
				long min = (level == 3) ? 1 : 1 + random.nextInt(10);
				long max = (level == 0) ? min : min + random.nextInt(6);
				text.append((level == 3) ? 9 : level)
					.append(':')
					.append(min)
					.append('-')
					.append(max)
					.append('=')
					.append(1 + random.nextInt(50))
					.append(' ');
			}
			List<LogEntry> entries = new ArrayList<>(entries(text.toString()));
			Collections.shuffle(entries, random);
			long after = random.nextInt(6);
			ResumePlan plan = ResumePlan.of(entries, after);
			long[] best = best(entries, after);
			assertThat(plan.reached()).as("seed %d: %s", seed, text).isEqualTo(best[0]);
			assertThat(plan.files().stream().mapToLong(LogEntry::size).sum())
				.as("seed %d: %s after %d", seed, text, after)
				.isEqualTo(best[1]);
			long at = after;
			for (LogEntry file : plan.files()) {
				assertThat(file.name().minTxid()).isLessThanOrEqualTo(at + 1);
				assertThat(file.name().maxTxid()).isGreaterThan(at);
				at = file.name().maxTxid();
			}
		}
	}

	@Test
	void ofWhenThereAreManyFilesIsQuick() {
		List<LogEntry> entries = new ArrayList<>();
		for (long txid = 1; txid <= 20_000; txid++) {
			entries.add(entry(0, txid, txid, 10));
			if (txid % 100 == 0) {
				entries.add(entry(1, txid - 99, txid, 500));
			}
			if (txid % 2000 == 0) {
				entries.add(entry(9, 1, txid, 1_000_000));
			}
		}
		long start = System.nanoTime();
		ResumePlan plan = ResumePlan.of(entries, 50);
		assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
		assertThat(plan.files()).hasSize(200).allMatch((entry) -> entry.name().level() == 1);
	}

	/**
	 * Tries all ways: how far one can get, and for how many bytes.
	 */
	private static long[] best(List<LogEntry> entries, long at) {
		long[] best = { at, 0 };
		for (LogEntry entry : entries) {
			if (entry.name().minTxid() <= at + 1 && entry.name().maxTxid() > at) {
				long[] rest = best(entries, entry.name().maxTxid());
				long bytes = rest[1] + entry.size();
				if (rest[0] > best[0] || (rest[0] == best[0] && bytes < best[1])) {
					best = new long[] { rest[0], bytes };
				}
			}
		}
		return best;
	}

	private static void assertPlan(String expected, long after, String files) {
		ResumePlan plan = ResumePlan.of(entries(files), after);
		assertThat(text(plan)).isEqualTo(expected);
		assertThat(plan.isComplete()).isTrue();
	}

	private static String text(ResumePlan plan) {
		return plan.files()
			.stream()
			.map((entry) -> "%d:%d-%d=%d".formatted(entry.name().level(), entry.name().minTxid(),
					entry.name().maxTxid(), entry.size()))
			.collect(Collectors.joining(" "));
	}

	private static List<LogEntry> entries(String text) {
		return Arrays.stream(text.trim().split(" ")).map((part) -> {
			String[] parts = part.split("[:=-]");
			return entry(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]),
					Long.parseLong(parts[3]));
		}).toList();
	}

	private static LogEntry entry(int level, long min, long max, long size) {
		return new LogEntry(new LtxName(level, min, max), size, Instant.EPOCH, new LogOffset(max));
	}

}
