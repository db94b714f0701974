package io.hacluster.command;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.json.JsonWriter;
import io.hacluster.member.MemberReader;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;
import io.hacluster.operation.ClusterDocument;

/**
 * Shows who has led, for how long, and why each term ended.
 */
final class HistoryCommand implements Command {

	/**
	 * Outcomes of a step that need no mention.
	 */
	private static final Set<String> QUIET = Set.of("DONE", "SKIPPED");

	@Override
	public String name() {
		return "history";
	}

	@Override
	public String summary() {
		return "Shows who has led, from when to when, and why each term ended";
	}

	@Override
	public List<Option> options() {
		return List.of(Option.flag("json", "Write JSON, for scripts, with the time of each step."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		boolean json = arguments.has("json");
		return (environment, terminal) -> {
			List<PastTerm> terms = new MemberReader(environment.state(), environment.identity(), Ticker.SYSTEM).terms();
			if (json) {
				terminal.out()
					.println(JsonWriter.write(ClusterDocument.history(environment.identity().cluster(), terms)));
			}
			else {
				Table table = new Table("EPOCH", "LEADER", "FROM", "TO", "PROMOTION", "STEP-DOWN", "ENDED BECAUSE");
				terms.forEach(
						(term) -> table.add(Long.toString(term.epoch()), term.leader().value(), term.from().toString(),
								text(term.to()), time(term.promotion()), time(term.stepDown()), text(term.reason())));
				table.print(terminal.out());
			}
			return OK;
		};
	}

	private static String time(List<StepTime> steps) {
		if (steps.isEmpty()) {
			return Table.NOTHING;
		}
		Duration sum = steps.stream().map(StepTime::elapsed).reduce(Duration.ZERO, Duration::plus);
		return ClusterDocument.seconds(sum) + " s"
				+ steps.stream()
					.filter((step) -> !QUIET.contains(step.outcome()))
					.map((step) -> step.name() + " " + step.outcome())
					.collect(Collectors.collectingAndThen(Collectors.joining(", "),
							(others) -> others.isEmpty() ? "" : " (" + others + ")"));
	}

	private static String text(@Nullable Object value) {
		return (value != null) ? value.toString() : Table.NOTHING;
	}

}
