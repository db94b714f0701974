package io.hacluster.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics of this project in what a node shows to Prometheus: their names, and their
 * labels with the values there are.
 */
final class PrometheusScrape {

	private static final Pattern SAMPLE = Pattern.compile("(?m)^(ha_cluster_\\w+)\\{([^}]*)} ");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

	private final Map<String, Map<String, Set<String>>> metrics = new TreeMap<>();

	PrometheusScrape(String... texts) {
		for (String text : texts) {
			Matcher sample = SAMPLE.matcher(text);
			while (sample.find()) {
				Map<String, Set<String>> labels = this.metrics.computeIfAbsent(sample.group(1),
						(name) -> new LinkedHashMap<>());
				Matcher label = LABEL.matcher(sample.group(2));
				while (label.find()) {
					labels.computeIfAbsent(label.group(1), (name) -> new TreeSet<>()).add(label.group(2));
				}
			}
		}
	}

	Set<String> names() {
		return this.metrics.keySet();
	}

	/**
	 * Returns the labels of a metric with their values, empty if there is no such metric.
	 */
	Map<String, Set<String>> labels(String name) {
		return this.metrics.getOrDefault(name, Map.of());
	}

}
