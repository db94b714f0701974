package io.hacluster.samples.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.json.JsonMapper;

/**
 * The result of the demo.
 *
 * @param failovers one after the other
 * @param acknowledged rows acknowledged in all
 * @param missing acknowledged rows that are gone at the end and were there after every
 * failover
 * @param integrity the answers of {@code PRAGMA integrity_check} at the end, by node
 * @param rows how many rows each node holds at the end
 * @param differences how the content of the nodes differs at the end
 */
record Report(List<FailoverResult> failovers, int acknowledged, List<Long> missing, Map<String, String> integrity,
		Map<String, Integer> rows, List<String> differences) {

	private static final String ROW = "%-20s %12s %14s %6s  %-16s %s%n";

	/**
	 * Returns what breaks the promises.
	 * @return one line each, empty if all are kept
	 */
	List<String> violations() {
		List<String> violations = new ArrayList<>();
		for (FailoverResult failover : this.failovers) {
			if (!failover.unforgivable().isEmpty()) {
				violations.add("%s of %s lost %d rows that had to survive, the first is row %d".formatted(
						failover.kind().text(), failover.node(), failover.unforgivable().size(),
						failover.unforgivable().get(0).id()));
			}
			if (!"ok".equals(failover.integrity())) {
				violations.add("integrity_check after the " + failover.kind().text() + " of " + failover.node() + ": "
						+ failover.integrity());
			}
			failover.differences()
				.forEach((difference) -> violations
					.add("after the " + failover.kind().text() + " of " + failover.node() + ": " + difference));
		}
		if (!this.missing.isEmpty()) {
			violations.add(this.missing.size() + " acknowledged rows have gone without a failover, the first is row "
					+ this.missing.get(0));
		}
		this.integrity.forEach((node, answer) -> {
			if (!"ok".equals(answer)) {
				violations.add("integrity_check on " + node + ": " + answer);
			}
		});
		this.differences.forEach((difference) -> violations.add("at the end: " + difference));
		return violations;
	}

	String table() {
		StringBuilder table = new StringBuilder();
		table.append(ROW.formatted("failover", "outage", "acknowledged", "lost", "integrity_check", "both nodes"));
		for (FailoverResult failover : this.failovers) {
			table.append(String.format(Locale.ROOT, ROW, failover.kind().text() + " " + failover.node(),
					failover.outage().toMillis() + " ms", failover.acknowledged(), failover.lost().size(),
					failover.integrity(), equality(failover.differences())));
		}
		int lost = this.failovers.stream().mapToInt((failover) -> failover.lost().size()).sum() + this.missing.size();
		table.append(String.format(Locale.ROOT, ROW, "at the end", "", this.acknowledged, lost, integrityText(),
				equality(this.differences) + " " + this.rows));
		return table.toString();
	}

	String json() {
		List<Map<String, Object>> list = new ArrayList<>();
		for (FailoverResult failover : this.failovers) {
			Map<String, Object> entry = new LinkedHashMap<>();
			entry.put("kind", failover.kind().text().toLowerCase(Locale.ROOT));
			entry.put("outageMs", failover.outage().toMillis());
			entry.put("acked", failover.acknowledged());
			entry.put("lost", failover.lost().size());
			list.add(entry);
		}
		Map<String, Object> report = new LinkedHashMap<>();
		report.put("failovers", list);
		report.put("integrity", integrityText());
		report.put("nodesEqual", nodesEqual());
		return new JsonMapper().writeValueAsString(report);
	}

	private boolean nodesEqual() {
		return this.differences.isEmpty()
				&& this.failovers.stream().allMatch((failover) -> failover.differences().isEmpty());
	}

	private String integrityText() {
		List<String> answers = new ArrayList<>(this.failovers.stream().map(FailoverResult::integrity).toList());
		answers.addAll(this.integrity.values());
		return answers.stream().filter((answer) -> !"ok".equals(answer)).findFirst().orElse("ok");
	}

	private static String equality(List<String> differences) {
		return differences.isEmpty() ? "equal" : "DIFFER";
	}

}
