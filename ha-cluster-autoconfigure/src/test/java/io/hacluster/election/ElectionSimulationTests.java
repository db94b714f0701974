package io.hacluster.election;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link ElectionSimulation} with many seeds. Set {@code ha.seed} to run one again.
 */
class ElectionSimulationTests {

	private static final int RUNS = 60;

	@Test
	void leadershipNeverOverlapsAndEpochsRiseWhateverGoesWrong() {
		long first = Long.getLong("ha.seed", System.nanoTime());
		int runs = (System.getProperty("ha.seed") != null) ? 1 : RUNS;
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
