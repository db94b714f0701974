package io.hacluster.command;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.operation.OperationRequest;
import io.hacluster.operation.OperationResult;

/**
 * Makes a node leader although it would not become it by itself.
 */
final class FailoverCommand implements Command {

	@Override
	public String name() {
		return "failover";
	}

	@Override
	public String summary() {
		return "Makes a node leader although it would not become it by itself, and waits for that";
	}

	@Override
	public List<Option> options() {
		return List.of(new Option("to", "NODE", "The node that is to lead. Required."),
				Option.flag("accept-data-loss", "Do it even if transactions may be lost."),
				new Option("wait", "TIME", "How long to wait, 1m unless said otherwise."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		NodeId target = Operations.node(arguments);
		if (target == null) {
			throw new UsageException("Say which node is to lead: --to=NODE");
		}
		boolean acceptDataLoss = arguments.has("accept-data-loss");
		@Nullable Duration wait = Operations.wait(arguments, OperationRequest.DEFAULT_TIMEOUT);
		return (environment, terminal) -> {
			OperationResult result = Operations.of(environment)
				.failover(target, acceptDataLoss, (wait != null) ? wait : OperationRequest.DEFAULT_TIMEOUT);
			int code = OperationReport.print(result, terminal);
			if (result.outcome() == OperationResult.Outcome.NOT_CONFIRMED) {
				terminal.err().println("To do it nevertheless: --accept-data-loss");
			}
			return code;
		};
	}

}
