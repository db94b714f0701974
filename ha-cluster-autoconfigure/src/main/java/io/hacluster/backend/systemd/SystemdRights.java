package io.hacluster.backend.systemd;

import java.util.List;

/**
 * Tells missing rights from other errors, and what to do about them.
 */
final class SystemdRights {

	private static final List<String> REFUSALS = List.of("Interactive authentication required", "Access denied",
			"Permission denied", "Operation not permitted", "not authorized");

	private SystemdRights() {
	}

	static boolean isRefusal(ToolResult result) {
		return !result.succeeded() && REFUSALS.stream().anyMatch(result.error()::contains);
	}

	/**
	 * Says why systemd did not do something.
	 */
	static String explain(String unit, String verb, ToolResult result) {
		if (isRefusal(result)) {
			return "This user may not " + verb + " " + unit + ": " + result.problem() + ". " + remedy(unit);
		}
		return "systemd does not " + verb + " " + unit + ": " + result.problem();
	}

	/**
	 * Says what to add, see polkit(8).
	 */
	static String remedy(String unit) {
		return "Run as root, or add a polkit rule that allows this user (" + System.getProperty("user.name")
				+ ") the action org.freedesktop.systemd1.manage-units for the unit " + unit
				+ " and the verbs start, stop, kill and reset-failed: see docs/backends.md";
	}

}
