package io.hacluster.election;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link ElectionSimulation} with many seeds, always the same: a test that fails now
 * and then says nothing about a change. Set {@code ha.seed} and {@code ha.seeds} to run
 * others.
 */
class ElectionSimulationTests {

	private static final int RUNS = 60;

	@Test
	void leadershipNeverOverlapsAndEpochsRiseWhateverGoesWrong() {
		run(Long.getLong("ha.seed", 1), Integer.getInteger("ha.seeds", RUNS));
	}

	/**
	 * A create that was sent to a blank store, and landed after another node had led and
	 * an operator had purged the record, made a second leader.
	 */
	@Test
	void createThatLandsAfterOthersHaveLedMakesNoSecondLeader() {
		run(9380495125479L, 1);
	}

	private static void run(long first, int runs) {
		int grants = 0;
		int losses = 0;
		for (long seed = first; seed < first + runs; seed++) {
			ElectionSimulation simulation = new ElectionSimulation(seed, 2 + (int) Math.floorMod(seed, 4L),
					5 + (int) Math.floorMod(seed, 40L));
			try {
				simulation.run(Duration.ofMinutes(20));
				// I18: a whole lease after the last fault, and the time to start
				assertThat(simulation.heal()).isLessThan(Duration.ofSeconds(60));
				assertThat(simulation.calm(Duration.ofMinutes(10))).isLessThanOrEqualTo(1);
			}
			catch (AssertionError ex) {
				throw new AssertionError("Failed with -Dha.seed=" + seed, ex);
			}
			grants += simulation.grants;
			losses += simulation.losses;
		}
		System.out.println("Seeds from " + first + ": " + grants + " terms, " + losses + " lost");
		assertThat(grants).isGreaterThan(20 * runs);
	}

	@Test
	void fiveNodesThatStartTogetherHaveOneLeaderForGood() {
		for (long seed = 1; seed < 30; seed++) {
			ElectionSimulation simulation = new ElectionSimulation(seed, 5, 0);
			assertThat(simulation.heal()).isLessThan(Duration.ofSeconds(5));
			// No flapping
			assertThat(simulation.calm(Duration.ofMinutes(10))).isZero();
			assertThat(simulation.grants).isEqualTo(1);
		}
	}

}
