package io.hacluster.samples.lab;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StepTimesTests {

	@Test
	void promotionsAddsUpTheStepsOfPromotionsWithoutTheBackend() {
		String metrics = """
				# TYPE ha_cluster_steps_seconds summary
				ha_cluster_steps_seconds_count{outcome="done",sequence="promotion",step="final-catch-up"} 2
				ha_cluster_steps_seconds_sum{outcome="done",sequence="promotion",step="final-catch-up"} 0.25
				ha_cluster_steps_seconds_sum{outcome="done",sequence="promotion",step="promote-replica"} 5.0E-4
				ha_cluster_steps_seconds_sum{outcome="done",sequence="promotion",step="start-backend"} 0.4
				ha_cluster_steps_seconds_sum{outcome="done",sequence="step-down",step="stop-backend"} 3.0
				""";
		assertThat(StepTimes.promotions(metrics)).isEqualTo(Duration.ofNanos(250_500_000));
	}

	@Test
	void promotionsWhenThereWasNoneIsZero() {
		assertThat(StepTimes.promotions("")).isZero();
	}

}
