package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LabOptionsTests {

	@Test
	void parseWhenNothingIsSaidRunsTheDemo() {
		LabOptions options = parse("--nats-server", "nats-server");
		assertThat(options.command()).isEqualTo(LabOptions.Command.DEMO);
		assertThat(options.store()).isEqualTo(LabOptions.Store.NATS);
		assertThat(options.json()).isFalse();
	}

	@Test
	void parseWhenFaultsAreNamedTakesThese() {
		assertThat(parse("faults", "link-cut", "freeze-long", "--store", "local").faults())
			.containsExactlyInAnyOrder(Fault.LINK_CUT, Fault.FREEZE_LONG);
		assertThat(parse("faults", "--store", "local").faults()).containsExactly(Fault.values());
		assertThatIllegalArgumentException().isThrownBy(() -> parse("faults", "link", "--store", "local"))
			.withMessageContaining("'link'")
			.withMessageContaining("link-cut");
	}

	@Test
	void parseWhenLocalNeedsNoServer() {
		LabOptions options = parse("bench", "--store", "local", "--lease", "2s", "--large", "64");
		assertThat(options.command()).isEqualTo(LabOptions.Command.BENCH);
		assertThat(options.store()).isEqualTo(LabOptions.Store.LOCAL);
		assertThat(options.lease()).isEqualTo(Duration.ofSeconds(2));
		assertThat(options.renew()).isEqualTo(Duration.ofMillis(500));
		assertThat(options.large()).isEqualTo(64);
	}

	@Test
	void parseWhenRowsAreNamedMeasuresOnlyThem() {
		assertThat(parse("bench", "lag", "cpu", "--store", "local").rows()).containsExactly(BenchmarkRow.LAG,
				BenchmarkRow.CPU);
		assertThat(parse("bench", "--store", "local").rows()).containsExactly(BenchmarkRow.values());
		assertThat(parse("bench", "all", "--store", "local").rows()).containsExactly(BenchmarkRow.values());
		assertThatIllegalArgumentException().isThrownBy(() -> parse("lag", "--store", "local"))
			.withMessageContaining("'bench'");
	}

	@Test
	void parseWhenNatsWithoutServerIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--json"))
			.withMessageContaining("--nats-server BINARY");
	}

	@Test
	void parseWhenAnArgumentIsWrongNamesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--jsno")).withMessageContaining("--jsno");
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--store", "redis")).withMessageContaining("redis");
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--lease", "soon")).withMessageContaining("soon");
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--lease")).withMessageContaining("needs a value");
	}

	private static LabOptions parse(String... arguments) {
		List<String> all = new ArrayList<>(List.of("--manager", "manager.jar", "--backend", "backend.jar"));
		all.addAll(List.of(arguments));
		return LabOptions.parse(all);
	}

}
