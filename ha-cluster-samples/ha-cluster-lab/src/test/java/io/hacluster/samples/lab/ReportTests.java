package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTests {

	@Test
	void violationsWhenNothingIsLostIsEmpty() {
		assertThat(report(failover(FailoverResult.Kind.SIGKILL)).violations()).isEmpty();
	}

	@Test
	void violationsWhenAKillLosesARowOlderThanASecondNamesIt() {
		Report report = report(failover(FailoverResult.Kind.SIGKILL, lost(7, 1001), lost(9, 3)));
		assertThat(report.violations()).singleElement().asString().contains("1 rows").contains("row 7");
	}

	@Test
	void violationsWhenAKillLosesOnlyTheLastSecondIsEmpty() {
		Report report = report(failover(FailoverResult.Kind.SIGKILL, lost(9, 1000), lost(10, -20)));
		assertThat(report.violations()).isEmpty();
		assertThat(report.json()).contains("\"lost\":2");
	}

	@Test
	void violationsWhenAStepDownLosesTheNewestRowNamesIt() {
		Report report = report(failover(FailoverResult.Kind.STEP_DOWN, lost(9, -5)));
		assertThat(report.violations()).singleElement().asString().contains("step-down").contains("row 9");
	}

	@Test
	void violationsWhenARowGoesWithoutAFailoverNamesIt() {
		Report report = new Report(List.of(), 300, List.of(5L), Map.of(), Map.of(), List.of());
		assertThat(report.violations()).singleElement().asString().contains("row 5");
	}

	@Test
	void violationsWhenIntegrityFailsOrNodesDifferNamesThem() {
		Report report = new Report(List.of(), 300, List.of(), Map.of("node-a", "wrong # of entries"), Map.of(),
				List.of("row 3 is only in the first"));
		assertThat(report.violations()).hasSize(2);
		assertThat(report.json())
			.isEqualTo("{\"failovers\":[],\"integrity\":\"wrong # of entries\",\"nodesEqual\":false}");
	}

	@Test
	void jsonHasTheAgreedShape() {
		assertThat(report(failover(FailoverResult.Kind.STEP_DOWN)).json())
			.isEqualTo("{\"failovers\":[{\"kind\":\"step-down\",\"outageMs\":1234,\"acked\":300,\"lost\":0}],"
					+ "\"integrity\":\"ok\",\"nodesEqual\":true}");
	}

	@Test
	void tableHasOneLinePerFailover() {
		assertThat(report(failover(FailoverResult.Kind.SIGKILL), failover(FailoverResult.Kind.STEP_DOWN)).table())
			.contains("SIGKILL node-a")
			.contains("step-down node-a")
			.contains("1234 ms")
			.hasLineCount(4);
	}

	private static Report report(FailoverResult... failovers) {
		return new Report(List.of(failovers), 300, List.of(), Map.of("node-a", "ok"), Map.of("node-a", 300), List.of());
	}

	private static FailoverResult failover(FailoverResult.Kind kind, FailoverResult.LostRow... lost) {
		return new FailoverResult(kind, "node-a", Duration.ofMillis(1234), 300, List.of(lost), "ok", List.of());
	}

	private static FailoverResult.LostRow lost(long id, long ageMillis) {
		return new FailoverResult.LostRow(id, Duration.ofMillis(ageMillis));
	}

}
