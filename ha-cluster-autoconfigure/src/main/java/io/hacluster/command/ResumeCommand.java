package io.hacluster.command;

import java.util.List;

/**
 * Ends a pause.
 */
final class ResumeCommand implements Command {

	@Override
	public String name() {
		return "resume";
	}

	@Override
	public String summary() {
		return "Ends a pause";
	}

	@Override
	public List<Option> options() {
		return List.of();
	}

	@Override
	public Action prepare(Arguments arguments) {
		return (environment, terminal) -> OperationReport.print(Operations.of(environment).resume(), terminal);
	}

}
