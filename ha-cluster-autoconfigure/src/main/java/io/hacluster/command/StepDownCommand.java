package io.hacluster.command;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Has the leader step down, whoever leads next.
 */
final class StepDownCommand implements Command {

	@Override
	public String name() {
		return "step-down";
	}

	@Override
	public String summary() {
		return "Has the leader step down and stay out of the race for one lease, whoever leads next";
	}

	@Override
	public List<Option> options() {
		return List.of(LeaderCall.OPTION);
	}

	@Override
	public Action prepare(Arguments arguments) {
		Optional<URI> url = LeaderCall.url(arguments);
		return (environment, terminal) -> {
			terminal.out().println(LeaderCall.of(environment, url).post(name()));
			return OK;
		};
	}

}
