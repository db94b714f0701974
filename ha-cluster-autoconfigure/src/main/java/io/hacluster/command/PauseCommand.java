package io.hacluster.command;

import java.util.List;
import java.util.Map;

import io.hacluster.operation.OperationRequest;

/**
 * Has the cluster do nothing by itself.
 */
final class PauseCommand implements Command {

	@Override
	public String name() {
		return "pause";
	}

	@Override
	public String summary() {
		return "Has the cluster do nothing by itself: nobody is promoted, nothing is started or stopped";
	}

	@Override
	public List<Option> options() {
		return List.of(new Option("reason", "TEXT", "Why, for people. One line."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		String reason = arguments
			.value("reason", "one line of at most " + OperationRequest.MAX_REASON + " characters",
					(text) -> OperationRequest.of(name(), Map.of("reason", text)).reason())
			.orElse("");
		return (environment, terminal) -> OperationReport.print(Operations.of(environment).pause(reason), terminal);
	}

}
