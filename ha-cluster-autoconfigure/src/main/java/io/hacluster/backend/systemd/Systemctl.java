package io.hacluster.backend.systemd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.hacluster.backend.BackendException;

/**
 * {@code systemctl}, see systemctl(1). Thread-safe.
 */
final class Systemctl {

	private static final List<String> COMMAND = List.of("systemctl", "--no-ask-password", "--no-pager");

	private final Tools tools;

	private final Duration queryTimeout;

	Systemctl(Tools tools, Duration queryTimeout) {
		this.tools = tools;
		this.queryTimeout = queryTimeout;
	}

	/**
	 * Asks for the state of a unit.
	 * @throws BackendException if systemd cannot be asked
	 */
	UnitStatus show(String unit) throws InterruptedException {
		return show(List.of(unit), this.queryTimeout).get(0);
	}

	UnitStatus show(String unit, Duration timeout) throws InterruptedException {
		boolean shorter = timeout.compareTo(this.queryTimeout) < 0;
		return show(List.of(unit), shorter ? timeout : this.queryTimeout).get(0);
	}

	/**
	 * Asks for the states of units.
	 * @return one for each unit, in their order
	 * @throws BackendException if systemd cannot be asked
	 */
	List<UnitStatus> show(List<String> units) throws InterruptedException {
		return show(units, this.queryTimeout);
	}

	private List<UnitStatus> show(List<String> units, Duration timeout) throws InterruptedException {
		List<String> arguments = new ArrayList<>(List.of("show", "--property=" + UnitStatus.PROPERTIES, "--"));
		arguments.addAll(units);
		ToolResult result = run(timeout, arguments);
		List<UnitStatus> states = UnitStatus.parse(result.output());
		if (!result.succeeded() || states.size() != units.size()) {
			throw new BackendException("systemd does not say how " + String.join(", ", units) + " is: "
					+ (result.timedOut() ? "no answer within " + timeout.toMillis() + " ms" : result.problem()));
		}
		return states;
	}

	/**
	 * Starts a unit, and waits for the result. Refused while systemd is about to stop the
	 * unit, or the one that it is bound to: it would give that up.
	 */
	ToolResult start(String unit, Duration timeout) throws InterruptedException {
		return run(timeout, List.of("start", "--job-mode=fail", "--", unit));
	}

	/**
	 * Stops a unit, and waits until it has stopped.
	 */
	ToolResult stop(String unit, Duration timeout) throws InterruptedException {
		return run(timeout, List.of("stop", "--", unit));
	}

	/**
	 * Has a unit stopped and does not wait for it. From then on systemd no longer starts
	 * it again by itself.
	 */
	ToolResult beginStop(String unit) throws InterruptedException {
		return run(this.queryTimeout, List.of("stop", "--no-block", "--", unit));
	}

	/**
	 * Sends SIGKILL to all processes of a unit.
	 */
	ToolResult kill(String unit) throws InterruptedException {
		return run(this.queryTimeout, List.of("kill", "--signal=SIGKILL", "--", unit));
	}

	/**
	 * Forgets that a unit has failed, and how often it has been started.
	 */
	ToolResult resetFailed(String unit) throws InterruptedException {
		return run(this.queryTimeout, List.of("reset-failed", "--", unit));
	}

	private ToolResult run(Duration timeout, List<String> arguments) throws InterruptedException {
		List<String> command = new ArrayList<>(COMMAND);
		command.addAll(arguments);
		return this.tools.run(timeout, command);
	}

}
