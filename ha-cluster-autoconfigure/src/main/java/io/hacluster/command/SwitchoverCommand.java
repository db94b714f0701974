package io.hacluster.command;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.operation.OperationRequest;

/**
 * Has the leader hand over to another node.
 */
final class SwitchoverCommand implements Command {

	/**
	 * How long a leader may take to begin.
	 */
	private static final Duration TAKE_UP = Duration.ofSeconds(15);

	@Override
	public String name() {
		return "switchover";
	}

	@Override
	public String summary() {
		return "Has the leader hand over to another node, in order and without loss";
	}

	@Override
	public List<Option> options() {
		return List.of(new Option("to", "NODE", "The node that is to lead. Without it, the best of those who qualify."),
				new Option("wait", "[TIME]", "Wait until it leads, for 1m unless said otherwise."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		NodeId target = Operations.node(arguments);
		@Nullable Duration wait = Operations.wait(arguments, OperationRequest.DEFAULT_TIMEOUT);
		return (environment, terminal) -> OperationReport.print(
				Operations.of(environment).switchover(target, (wait != null) ? wait : TAKE_UP, wait != null), terminal);
	}

}
