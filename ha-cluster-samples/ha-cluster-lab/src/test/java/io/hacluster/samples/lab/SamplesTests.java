package io.hacluster.samples.lab;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SamplesTests {

	@Test
	void quantileIsTheNearestRank() {
		Samples samples = new Samples();
		for (int i = 100; i >= 1; i--) {
			samples.add(Duration.ofMillis(i));
		}
		assertThat(samples.quantile(0.5)).isEqualTo(Duration.ofMillis(50));
		assertThat(samples.quantile(0.99)).isEqualTo(Duration.ofMillis(99));
		assertThat(samples.quantile(1)).isEqualTo(Duration.ofMillis(100));
	}

	@Test
	void quantileOfOneSampleIsThatSample() {
		Samples samples = new Samples();
		samples.add(Duration.ofMillis(7));
		assertThat(samples.median()).isEqualTo(Duration.ofMillis(7));
	}

}
