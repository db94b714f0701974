package io.hacluster.samples.lab;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessStatTests {

	@Test
	void parseWhenTheCommandHoldsBlanksAndParenthesesReadsBothModes() {
		String stat = "4711 (java) (x) S 1 4711 4711 0 -1 4194560 26212 0 0 0 250 50 0 0 20 0 30 0 1000 1 1";
		assertThat(ProcessStat.parse(stat)).isEqualTo(new ProcessStat(Duration.ofSeconds(3)));
	}

}
