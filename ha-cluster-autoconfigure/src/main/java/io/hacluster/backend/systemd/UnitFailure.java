package io.hacluster.backend.systemd;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Says in words what systemd says in codes, see "Result" in org.freedesktop.systemd1(5)
 * and systemd.service(5).
 */
final class UnitFailure {

	private static final long EXITED = 1;

	private static final long DUMPED = 3;

	private static final Map<String, String> RESULTS = Map.ofEntries(
			Map.entry("start-limit-hit",
					"has been started too often in a short time, and systemd refuses to start it "
							+ "(StartLimitIntervalSec=, StartLimitBurst=)"),
			Map.entry("timeout", "did not start or stop within the time that its unit allows"),
			Map.entry("watchdog", "did not report to the watchdog of its unit"),
			Map.entry("oom-kill", "was killed because memory ran out"),
			Map.entry("protocol", "did not report its start as the type of its unit asks"),
			Map.entry("resources", "could not be given the resources that its unit asks for"),
			Map.entry("exec-condition", "was refused by the ExecCondition= of its unit"));

	private UnitFailure() {
	}

	/**
	 * Says how a unit has ended.
	 */
	static String ofEnd(UnitStatus unit) {
		String name = unit.id();
		if (!unit.hasFailed()) {
			if (unit.result().equals("exec-condition")) {
				return name + " " + RESULTS.get("exec-condition");
			}
			return name + " is inactive" + exit(unit, " after it exited with code ");
		}
		String known = RESULTS.get(unit.result());
		String text = (known != null) ? known : switch (unit.result()) {
			case "exit-code", "signal", "core-dump" -> exitOfFailed(unit);
			default -> "has failed";
		};
		return name + " " + text + " [" + unit.result() + "]";
	}

	private static String exitOfFailed(UnitStatus unit) {
		if (unit.exitCode() == 0 || (unit.exitCode() == EXITED && unit.exitStatus() == 0)) {
			return "has failed: one of the other commands of its unit ended with an error";
		}
		if (unit.exitCode() == EXITED) {
			return exit(unit, "exited with code ") + meaning(unit.exitStatus());
		}
		return "was killed by signal " + unit.exitStatus()
				+ ((unit.exitCode() == DUMPED) ? " and has dumped its core" : "");
	}

	private static String exit(UnitStatus unit, String text) {
		return (unit.exitCode() == EXITED) ? text + unit.exitStatus() : "";
	}

	/**
	 * systemd's own exit codes for what it could not prepare, of which the usual ones.
	 */
	private static String meaning(long status) {
		return switch ((int) status) {
			case 200 -> " (its WorkingDirectory= cannot be entered)";
			case 203 -> " (its program cannot be executed)";
			case 216 -> " (its Group= cannot be used)";
			case 217 -> " (its User= cannot be used)";
			case 226 -> " (its file system namespace cannot be set up)";
			default -> "";
		};
	}

	/**
	 * Says why a unit cannot run.
	 * @return a sentence without a full stop, null if it can
	 */
	static @Nullable String ofLoading(UnitStatus unit) {
		return switch (unit.loadState()) {
			case "not-found" -> "There is no unit " + unit.id();
			case "masked" -> "The unit " + unit.id() + " is masked, so that it cannot be started";
			case "bad-setting" ->
				"The unit " + unit.id() + " has a setting that systemd does not accept: " + unit.loadError();
			case "error" -> "The unit " + unit.id() + " cannot be loaded: " + unit.loadError();
			default -> null;
		};
	}

	/**
	 * Says what can be done about that.
	 */
	static String remedy(UnitStatus unit) {
		return switch (unit.loadState()) {
			case "not-found" -> "Install the unit and run 'systemctl daemon-reload'";
			case "masked" -> "Run 'systemctl unmask " + unit.id() + "'";
			default -> "See 'systemd-analyze verify " + unit.id() + "', correct it, and run 'systemctl daemon-reload'";
		};
	}

}
