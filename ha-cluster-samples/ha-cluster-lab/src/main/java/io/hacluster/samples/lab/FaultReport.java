package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.json.JsonMapper;

/**
 * What came of the faults, one after the other.
 */
final class FaultReport {

	private static final String ROW = "%-16s %10s %10s %12s %14s %7s %6s  %s%n";

	private final List<FaultResult> results = new ArrayList<>();

	void add(FaultResult result) {
		this.results.add(result);
	}

	boolean isKept() {
		return this.results.stream().allMatch(FaultResult::isKept);
	}

	String table() {
		StringBuilder table = new StringBuilder();
		table.append(String.format(Locale.ROOT, ROW, "fault", "outage", "moved", "VIP on both", "backend twice",
				"strays", "lost", ""));
		for (FaultResult result : this.results) {
			Duration moved = result.moved();
			table.append(String.format(Locale.ROOT, ROW, result.fault().text(), millis(result.outage()),
					(moved != null) ? millis(moved) : "-", millis(result.vipOverlap()), millis(result.backendOverlap()),
					result.strays(), result.lost(),
					result.isKept() ? "ok" : "VIOLATED: " + String.join("; ", result.violations())));
		}
		return table.toString();
	}

	String json() {
		List<Map<String, Object>> list = new ArrayList<>();
		for (FaultResult result : this.results) {
			Map<String, Object> entry = new LinkedHashMap<>();
			entry.put("fault", result.fault().text());
			entry.put("outageMs", result.outage().toMillis());
			Duration moved = result.moved();
			if (moved != null) {
				entry.put("movedMs", moved.toNanos() / 1e6);
			}
			entry.put("vipOverlapMs", result.vipOverlap().toMillis());
			entry.put("backendOverlapMs", result.backendOverlap().toMillis());
			entry.put("strays", result.strays());
			entry.put("lost", result.lost());
			entry.put("violations", result.violations());
			list.add(entry);
		}
		return new JsonMapper().writeValueAsString(list);
	}

	private static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

}
