package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

import io.hacluster.Leadership;
import io.hacluster.actuate.VirtualIpMetrics;
import io.hacluster.test.ProjectFile;
import io.hacluster.test.ProjectScript;
import io.hacluster.vip.VirtualIpStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Holds the list of meters, the dashboard, the alert rules and the runbook against what a
 * leader and a follower really show, after a failover.
 */
class ObservabilityTests {

	private static final String RULES = "docs/observability/prometheus/ha-cluster-rules.yml";

	private static final Pattern ROW = Pattern.compile("(?m)^\\| `ha\\.cluster\\..*$");

	private static final Pattern TEMPLATE = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}");

	@TempDir
	static Path directory;

	private static WebNodes nodes;

	private static PrometheusScrape scrape;

	@BeforeAll
	static void failOver() throws IOException {
		nodes = new WebNodes(directory);
		nodes.start("a");
		nodes.awaitLeader("a");
		nodes.start("b");
		await().untilAsserted(() -> assertThat(nodes.get("b", "/actuator/leader")).contains("\"nodeId\":\"a\""));
		// A virtual IP needs rights that not every machine gives
		new VirtualIpMetrics(() -> new VirtualIpStatus(false, "eth0", List.of(), null, null, null, 0, 0, 0),
				Tags.of("cluster", "test", "node", "a"))
			.bindTo(registry("a"));
		nodes.context("a").getBean(Leadership.class).stepDown();
		nodes.awaitLeader("b");
		await().untilAsserted(() -> {
			scrape = new PrometheusScrape(nodes.get("a", "/actuator/prometheus"),
					nodes.get("b", "/actuator/prometheus"));
			assertThat(scrape.labels("ha_cluster_step_seconds_count").get("step")).contains("initial-catch-up",
					"start-snapshots");
			assertThat(scrape.labels("ha_cluster_transition_seconds_count").get("sequence")).contains("step-down");
			assertThat(scrape.names()).contains("ha_cluster_members_alive");
		});
	}

	@AfterAll
	static void close() {
		nodes.close();
	}

	@Test
	void documentListsTheMetersThereAre() {
		Set<String> registered = Stream.of("a", "b")
			.flatMap((node) -> registry(node).getMeters().stream())
			.map(Meter::getId)
			.filter((id) -> id.getName().startsWith("ha.cluster."))
			.map(ObservabilityTests::row)
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> documented = ROW.matcher(ProjectFile.read("docs/metrics.md"))
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(documented).as("the rows of docs/metrics.md; there should be\n" + String.join("\n", registered))
			.isEqualTo(registered);
	}

	@Test
	void documentListsTheNamesThatPrometheusSees() {
		Set<String> documented = Pattern.compile("`(ha_cluster_\\w+)`")
			.matcher(ProjectFile.read("docs/metrics.md"))
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(documented).isEqualTo(scrape.names());
	}

	@Test
	void dashboardAsksForWhatThereIs() throws Exception {
		Map<String, Object> dashboard = new Yaml().load(ProjectFile.read("docs/observability/grafana/ha-cluster.json"));
		List<String> expressions = new ArrayList<>();
		for (Map<String, Object> panel : list(dashboard.get("panels"))) {
			for (Map<String, Object> target : list(panel.getOrDefault("targets", List.of()))) {
				String expression = target.get("expr").toString();
				expressions.add(expression);
				Set<String> labels = new PromQl(expression).assertKnown(scrape);
				assertThat(labels).as(expression).containsAll(labelsIn(target.get("legendFormat").toString()));
			}
		}
		assertThat(expressions).hasSizeGreaterThan(30);
		checkSyntax(expressions);
	}

	@Test
	void alertsAskForWhatThereIsAndAreExplained() {
		Set<String> runbook = Pattern.compile("(?m)^## (HaCluster\\w+)$")
			.matcher(ProjectFile.read("docs/runbook.md"))
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toSet());
		Set<String> names = new TreeSet<>();
		for (Map<String, Object> rule : rules()) {
			String name = rule.get("alert").toString();
			names.add(name);
			Set<String> labels = new PromQl(rule.get("expr").toString()).assertKnown(scrape);
			Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
			assertThat(annotations.get("runbook_url")).as(name)
				.isEqualTo("docs/runbook.md#" + name.toLowerCase(Locale.ROOT));
			assertThat(labels).as(name).containsAll(labelsIn(annotations.toString()));
		}
		assertThat(runbook).isEqualTo(names);
	}

	@Test
	void alertsFireWhenTheyShould() throws Exception {
		promtool("check", "rules", ProjectFile.path(RULES).toString());
		Path tests = ProjectFile.path("docs/observability/prometheus/ha-cluster-rules-test.yml");
		promtool("test", "rules", tests.toString());
		String text = Files.readString(tests);
		for (Map<String, Object> rule : rules()) {
			assertThat(text).contains("alertname=\"" + rule.get("alert") + "\"");
		}
	}

	private static void checkSyntax(Collection<String> expressions) throws Exception {
		StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
		for (String expression : expressions) {
			rules.append("      - record: expression\n        expr: '")
				.append(expression.replace("$__rate_interval", "1m").replace("$__range", "1h").replace("'", "''"))
				.append("'\n");
		}
		// Rules have to be different
		int[] count = { 0 };
		String text = Pattern.compile("record: expression")
			.matcher(rules)
			.replaceAll((result) -> "record: expression" + count[0]++);
		promtool("check", "rules", Files.writeString(directory.resolve("dashboard.yml"), text).toString());
	}

	private static void promtool(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of(ProjectScript.path("promtool").toString()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
	}

	private static MeterRegistry registry(String node) {
		return nodes.context(node).getBean(MeterRegistry.class);
	}

	private static String row(Meter.Id id) {
		String tags = id.getTags()
			.stream()
			.map(Tag::getKey)
			.filter((key) -> !Set.of("cluster", "node").contains(key))
			.collect(Collectors.joining(", "));
		String unit = (id.getBaseUnit() != null) ? id.getBaseUnit() : "";
		String base = id.getName().replace('.', '_');
		String named = (unit.isEmpty() || base.endsWith("_" + unit)) ? base : base + "_" + unit;
		String names = switch (id.getType()) {
			case TIMER -> Stream.of("_count", "_sum", "_max")
				.map((suffix) -> "`" + named + suffix + "`")
				.collect(Collectors.joining(" "));
			case LONG_TASK_TIMER -> Stream.of("_count", "_sum", "_max")
				.map((suffix) -> "`" + named + suffix + "`")
				.collect(Collectors.joining(" "));
			case COUNTER -> "`" + named + "_total`";
			default -> "`" + named + "`";
		};
		String description = (id.getDescription() != null) ? id.getDescription() : "";
		return "| `" + id.getName() + "` | " + id.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " | "
				+ tags + " | " + names + " | " + description + " |";
	}

	private static List<String> labelsIn(String template) {
		return TEMPLATE.matcher(template)
			.results()
			.map((result) -> result.group(1))
			.filter((name) -> !name.equals("value"))
			.toList();
	}

	private static List<Map<String, Object>> rules() {
		Map<String, Object> file = new Yaml().load(ProjectFile.read(RULES));
		return list(file.get("groups")).stream().flatMap((group) -> list(group.get("rules")).stream()).toList();
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(Object value) {
		return (List<Map<String, Object>>) value;
	}

}
