package io.hacluster.replication.ltx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RestorePlan}. Files are written as {@code level:min-max}.
 */
class RestorePlanTests {

	@Test
	void restoreWhenThereIsNothingPlansNothing() {
		assertThat(RestorePlan.restore(List.of(), RestorePlan.LATEST)).isEmpty();
	}

	@Test
	void restoreTakesTheLastSnapshotAndWhatFollows() {
		assertThat(restore(RestorePlan.LATEST, "9:1-5 9:1-8 0:7-7 0:8-8 0:9-9 0:10-10"))
			.isEqualTo(names("9:1-8 0:9-9 0:10-10"));
	}

	@Test
	void restoreWhenThereIsNoSnapshotStartsWithTheFirstTransaction() {
		assertThat(restore(RestorePlan.LATEST, "0:1-1 0:2-2 1:1-2 0:3-3")).isEqualTo(names("1:1-2 0:3-3"));
	}

	@Test
	void restoreTakesTheFileThatGoesFurthest() {
		assertThat(restore(RestorePlan.LATEST, "9:1-2 0:3-3 0:4-4 1:3-4 2:1-9 1:5-8 0:10-10 3:3-9"))
			.isEqualTo(names("9:1-2 2:1-9 0:10-10"));
	}

	@Test
	void restoreWhenFilesGoEquallyFarTakesTheEarlierBeginAndTheHigherLevel() {
		assertThat(restore(RestorePlan.LATEST, "9:1-2 0:3-3 1:3-3 2:3-3")).isEqualTo(names("9:1-2 2:3-3"));
		assertThat(restore(RestorePlan.LATEST, "9:1-2 3:3-4 1:2-4")).isEqualTo(names("9:1-2 1:2-4"));
	}

	@Test
	void restoreWhenTargetIsGivenNeverGoesBeyond() {
		assertThat(restore(6, "9:1-4 9:1-8 0:5-5 0:6-6 0:7-7 1:5-7")).isEqualTo(names("9:1-4 0:5-5 0:6-6"));
		assertThat(restore(4, "9:1-4 9:1-8 0:5-5")).isEqualTo(names("9:1-4"));
	}

	@Test
	void restoreWhenTargetCannotBeReachedThrows() {
		assertMissing(6, 7, "9:1-4 0:5-5 0:6-6");
		assertMissing(5, 7, "9:1-4 0:5-5 1:6-8");
		assertMissing(0, 7, "");
	}

	@Test
	void restoreWhenTransactionsAreMissingThrows() {
		assertMissing(5, RestorePlan.LATEST, "9:1-4 0:5-5 0:7-7");
		assertMissing(0, RestorePlan.LATEST, "0:2-2 0:3-3");
	}

	@Test
	void resumeGoesOnFromThePosition() {
		List<LtxName> files = names("9:1-5 0:4-4 0:5-5 0:6-6 1:4-5 0:7-7");
		assertThat(RestorePlan.resume(files, 4, RestorePlan.LATEST)).isEqualTo(names("1:4-5 0:6-6 0:7-7"));
		assertThat(RestorePlan.resume(files, 6, RestorePlan.LATEST)).isEqualTo(names("0:7-7"));
		assertThat(RestorePlan.resume(files, 5, 6)).isEqualTo(names("0:6-6"));
	}

	/**
	 * Litestream #1460: a file that begins before the position was not seen.
	 */
	@LitestreamBug(20)
	@Test
	void resumeWhenAFileStraddlesThePositionTakesIt() {
		for (long position = 5; position < 10; position++) {
			assertThat(RestorePlan.resume(names("9:1-4 1:5-10"), position, RestorePlan.LATEST))
				.isEqualTo(names("1:5-10"));
		}
		assertThat(RestorePlan.resume(names("9:1-4 0:7-7 1:5-10 2:3-12 0:13-13"), 6, RestorePlan.LATEST))
			.isEqualTo(names("2:3-12 0:13-13"));
	}

	@Test
	void resumeWhenThereIsNothingToDoPlansNothing() {
		List<LtxName> files = names("9:1-5 0:6-6");
		assertThat(RestorePlan.resume(files, 6, RestorePlan.LATEST)).isEmpty();
		assertThat(RestorePlan.resume(files, 9, RestorePlan.LATEST)).isEmpty();
		assertThat(RestorePlan.resume(files, 6, 6)).isEmpty();
		assertThat(RestorePlan.resume(files, 9, 6)).isEmpty();
	}

	/**
	 * Litestream #1515: a follower stalled although a snapshot covered the gap.
	 */
	@Test
	void resumeWhenASnapshotCoversTheGapStartsWithIt() {
		List<LtxName> files = names("9:1-5 9:1-20 0:20-20 0:21-21");
		assertThat(RestorePlan.resume(files, 3, RestorePlan.LATEST)).isEqualTo(names("9:1-20 0:21-21"));
	}

	@Test
	void resumeWhenOnlyASnapshotIsNewerStartsWithIt() {
		assertThat(RestorePlan.resume(names("9:1-5"), 3, RestorePlan.LATEST)).isEqualTo(names("9:1-5"));
	}

	@Test
	void resumeWhenNothingCoversTheGapThrows() {
		assertThatExceptionOfType(MissingTransactionsException.class)
			.isThrownBy(() -> RestorePlan.resume(names("9:1-5 0:9-9"), 6, RestorePlan.LATEST))
			.withMessageContaining("continues after transaction 6 on the way to the latest");
	}

	@Test
	void planWhenFilesAreRandomConnectsOrSaysThatItCannot() {
		for (int seed = 0; seed < 3000; seed++) {
			Random random = new Random(seed);
			List<LtxName> files = new ArrayList<>();
			for (int i = random.nextInt(15); i >= 0; i--) {
				int level = random.nextInt(10);
				long min = (level == 9) ? 1 : 1 + random.nextInt(12);
				files.add(new LtxName(level, min, (level == 0) ? min : min + random.nextInt(6)));
			}
			Collections.shuffle(files, random);
			long target = random.nextBoolean() ? RestorePlan.LATEST : 1 + random.nextInt(15);
			long current = random.nextInt(8);
			check(files, 0, target, seed);
			check(files, current, target, seed);
		}
	}

	private static void check(List<LtxName> files, long current, long target, int seed) {
		List<LtxName> plan;
		try {
			plan = (current == 0) ? RestorePlan.restore(files, target) : RestorePlan.resume(files, current, target);
		}
		catch (MissingTransactionsException ex) {
			return;
		}
		long position = current;
		for (LtxName name : plan) {
			assertThat(name.minTxid()).as("seed %d", seed).isLessThanOrEqualTo(position + 1);
			assertThat(name.maxTxid()).as("seed %d", seed).isGreaterThan(position).isLessThanOrEqualTo(target);
			position = name.maxTxid();
		}
		long greatest = files.stream().mapToLong(LtxName::maxTxid).max().orElse(0);
		assertThat(position).as("seed %d", seed)
			.isEqualTo((target == RestorePlan.LATEST) ? Math.max(greatest, current) : Math.max(target, current));
	}

	private static List<LtxName> restore(long target, String files) {
		return RestorePlan.restore(names(files), target);
	}

	private static void assertMissing(long reached, long target, String files) {
		assertThatExceptionOfType(MissingTransactionsException.class).isThrownBy(() -> restore(target, files))
			.satisfies((ex) -> assertThat(ex.reached()).isEqualTo(reached));
	}

	private static List<LtxName> names(String text) {
		return Arrays.stream(text.split(" ")).filter((part) -> !part.isEmpty()).map((part) -> {
			String[] parts = part.split("[:-]");
			return new LtxName(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
		}).toList();
	}

}
