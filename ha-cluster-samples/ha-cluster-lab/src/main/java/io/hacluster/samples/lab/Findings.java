package io.hacluster.samples.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.json.JsonMapper;

import io.hacluster.samples.lab.Finding.Verdict;

/**
 * The figures of a run, in the order in which they were measured. Thread-safe.
 */
final class Findings {

	private final Progress progress;

	private final List<Finding> all = new ArrayList<>();

	Findings(Progress progress) {
		this.progress = progress;
	}

	synchronized void add(Finding finding) {
		this.all.add(finding);
		this.progress.say("=> %s: %s%s", finding.what(), finding.text(),
				finding.bar().isEmpty() ? "" : " (bar: " + finding.bar() + ", " + finding.verdict() + ")");
	}

	/**
	 * Returns whether a bar was missed or a row broke.
	 */
	synchronized boolean isWanting() {
		return this.all.stream()
			.anyMatch((finding) -> finding.verdict() == Verdict.MISSED || finding.verdict() == Verdict.FAILED);
	}

	/**
	 * Returns a table in Markdown.
	 */
	synchronized String table() {
		StringBuilder table = new StringBuilder("| measured | bar | result | |\n|---|---|---|---|\n");
		for (Finding finding : this.all) {
			String verdict = (finding.verdict() == Verdict.STATED) ? ""
					: finding.verdict().name().toLowerCase(Locale.ROOT);
			table.append("| %s | %s | %s | %s |%n".formatted(finding.what(), finding.bar().replace("<=", "&le;"),
					finding.text().replace("|", "/").replace("\n", " "), verdict));
		}
		return table.toString();
	}

	synchronized String json() {
		List<Map<String, Object>> list = new ArrayList<>();
		for (Finding finding : this.all) {
			Map<String, Object> entry = new LinkedHashMap<>();
			entry.put("measured", finding.what());
			entry.put("result", finding.text());
			if (!Double.isNaN(finding.value())) {
				entry.put("value", finding.value());
			}
			entry.put("bar", finding.bar());
			entry.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
			list.add(entry);
		}
		return new JsonMapper().writeValueAsString(list);
	}

}
