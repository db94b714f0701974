package io.hacluster.autoconfigure;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an expression for Prometheus asks for, held against what there is. Whether it is
 * well-formed is for promtool to say.
 */
final class PromQl {

	private static final Pattern SELECTOR = Pattern.compile("(ha_cluster_\\w+)\\s*(?:\\{([^}]*)})?");

	private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");

	private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|without|ignoring)\\s*\\(([^)]*)\\)");

	private final String expression;

	PromQl(String expression) {
		this.expression = expression;
	}

	/**
	 * Asserts that each metric, each label and each value asked for exists.
	 * @return the labels of the metrics in the expression
	 */
	Set<String> assertKnown(PrometheusScrape scrape) {
		Set<String> labels = new TreeSet<>();
		Matcher selector = SELECTOR.matcher(this.expression);
		while (selector.find()) {
			String metric = selector.group(1);
			Map<String, Set<String>> known = scrape.labels(metric);
			assertThat(scrape.names()).as(this.expression).contains(metric);
			labels.addAll(known.keySet());
			Matcher matcher = MATCHER.matcher((selector.group(2) != null) ? selector.group(2) : "");
			while (matcher.find()) {
				assertThat(known).as(metric + " in " + this.expression).containsKey(matcher.group(1));
				boolean variable = matcher.group(3).contains("$");
				if (!variable && !matcher.group(2).contains("~")) {
					assertThat(known.get(matcher.group(1))).as(metric + " in " + this.expression)
						.contains(matcher.group(3));
				}
			}
		}
		assertThat(labels).as("labels of the metrics in " + this.expression).isNotEmpty();
		Matcher grouping = GROUPING.matcher(this.expression);
		while (grouping.find()) {
			assertThat(labels).as(this.expression).contains(grouping.group(1).trim().split("\\s*,\\s*"));
		}
		return labels;
	}

}
