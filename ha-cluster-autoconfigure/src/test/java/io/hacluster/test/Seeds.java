package io.hacluster.test;

import java.util.Random;

/**
 * Repeats a test with one seed after another. A failure names its seed; {@code ha.seed}
 * and {@code ha.seeds} run others.
 */
public final class Seeds {

	private Seeds() {
	}

	/**
	 * Runs a test.
	 * @param count how many seeds
	 * @param test told the source of all its choices
	 */
	public static void run(int count, SeededTest test) {
		long first = Long.getLong("ha.seed", 1);
		for (long seed = first; seed < first + Integer.getInteger("ha.seeds", count); seed++) {
			try {
				test.run(new Random(seed));
			}
			catch (Exception | AssertionError ex) {
				throw new AssertionError("Failed with -Dha.seed=" + seed + ": " + ex.getMessage(), ex);
			}
		}
	}

	/**
	 * A test that is the same whenever its random numbers are.
	 */
	@FunctionalInterface
	public interface SeededTest {

		void run(Random random) throws Exception;

	}

}
