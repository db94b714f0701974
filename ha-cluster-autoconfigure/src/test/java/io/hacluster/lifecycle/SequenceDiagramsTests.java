package io.hacluster.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The diagrams of {@code docs/concepts.md} are those of the code. A diagram stands
 * between the markers {@code <!-- diagram: NAME -->} and {@code <!-- end of diagram -->}.
 */
class SequenceDiagramsTests {

	private static final Path PAGE = Path.of("..", "docs", "concepts.md");

	private static final String COMMAND = "./mvnw -pl ha-cluster-autoconfigure test -Dtest=SequenceDiagramsTests "
			+ "-Dha.docs.update=true";

	private static final Pattern DIAGRAM = Pattern.compile("<!-- diagram: (\\S+) -->\\n.*?<!-- end of diagram -->",
			Pattern.DOTALL);

	/** How to get a machine into each state. */
	private static final Map<LifecycleState, List<Trigger>> WAYS = Map.of(LifecycleState.DEMOTING, List.of(),
			LifecycleState.FOLLOWER, List.of(Trigger.SETTLED), LifecycleState.PROMOTING,
			List.of(Trigger.SETTLED, Trigger.GRANTED), LifecycleState.LEADER,
			List.of(Trigger.SETTLED, Trigger.GRANTED, Trigger.PROMOTED));

	@Test
	void diagramsOfThePageAreThoseOfTheCode() throws IOException {
		Map<String, String> diagrams = Map.of("promotion", sequence(PromotionSequence.NAMES), "step-down",
				sequence(StepDownSequence.NAMES), "states", states());
		String page = Files.readString(PAGE);
		assertThat(DIAGRAM.matcher(page).results().map((it) -> it.group(1)))
			.containsExactlyInAnyOrderElementsOf(diagrams.keySet());
		String expected = DIAGRAM.matcher(page)
			.replaceAll((it) -> Matcher.quoteReplacement("<!-- diagram: " + it.group(1) + " -->\n```mermaid\n"
					+ diagrams.get(it.group(1)) + "```\n<!-- end of diagram -->"));
		if (Boolean.getBoolean("ha.docs.update")) {
			Files.writeString(PAGE, expected);
		}
		else {
			assertThat(page)
				.as("docs/concepts.md does not show what the code does. Write it anew with%n  %s%n", COMMAND)
				.isEqualTo(expected);
		}
	}

	private static String sequence(List<String> names) {
		List<String> lines = new ArrayList<>(List.of("flowchart TB"));
		for (int i = 1; i <= names.size(); i++) {
			lines.add("    s" + i + "[\"" + i + " " + names.get(i - 1) + "\"]");
		}
		for (int i = 1; i < names.size(); i++) {
			lines.add("    s" + i + " --> s" + (i + 1));
		}
		return String.join("\n", lines) + "\n";
	}

	private static String states() {
		// By source and target, so that triggers with the same effect share an arrow.
		Map<String, List<String>> arrows = new TreeMap<>();
		for (LifecycleState state : LifecycleState.values()) {
			for (Trigger trigger : Trigger.values()) {
				next(state, trigger)
					.ifPresent((next) -> arrows.computeIfAbsent(state + " --> " + next, (key) -> new ArrayList<>())
						.add(trigger.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
			}
		}
		return "stateDiagram-v2\n    [*] --> " + LifecycleState.DEMOTING + ": start\n"
				+ arrows.entrySet()
					.stream()
					.map((arrow) -> "    " + arrow.getKey() + ": " + String.join(", ", arrow.getValue()) + "\n")
					.collect(Collectors.joining());
	}

	private static Optional<LifecycleState> next(LifecycleState state, Trigger trigger) {
		RoleMachine machine = new RoleMachine();
		try {
			WAYS.get(state).forEach(machine::fire);
			assertThat(machine.state()).isEqualTo(state);
			return machine.fire(trigger).map((before) -> machine.state());
		}
		finally {
			machine.close();
		}
	}

}
