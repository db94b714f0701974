package io.hacluster.backend.systemd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.hacluster.backend.BackendException;

/**
 * The last lines that a unit has written to the journal, see journalctl(1).
 */
final class Journal {

	/**
	 * A failure is read by people, and goes into logs and health.
	 */
	private static final int MAX_LINE = 500;

	private final Tools tools;

	private final int lines;

	private final Duration timeout;

	Journal(Tools tools, int lines, Duration timeout) {
		this.tools = tools;
		this.lines = lines;
		this.timeout = timeout;
	}

	/**
	 * Describes the last lines of a run of a unit, or says why there are none.
	 * @param unit the unit
	 * @param invocation which run of it, empty if not known
	 * @return such as {@code last lines of the journal: a | b}; empty if none are wanted
	 */
	String describe(String unit, String invocation) throws InterruptedException {
		if (this.lines == 0) {
			return "";
		}
		try {
			ToolResult result = this.tools.run(this.timeout, command(unit, invocation));
			List<String> last = result.output()
				.lines()
				.filter((line) -> !line.isBlank())
				.map(Journal::shorten)
				.toList();
			if (!last.isEmpty()) {
				return "last lines of the journal: " + String.join(" | ", last);
			}
			if (result.error().contains("insufficient permissions") || result.error().contains("Permission denied")) {
				return "this user may not read the journal (add it to the group systemd-journal)";
			}
			return result.succeeded() || result.error().isBlank() ? "nothing in the journal"
					: "the journal cannot be read: " + result.problem();
		}
		catch (BackendException ex) {
			return "the journal cannot be read: " + ex.getMessage();
		}
	}

	private List<String> command(String unit, String invocation) {
		List<String> command = new ArrayList<>(
				List.of("journalctl", "--no-pager", "--output=cat", "--boot", "--lines=" + this.lines));
		if (invocation.isEmpty()) {
			command.add("--unit=" + unit);
		}
		else {
			// What the unit has written, and what systemd has written about it.
			command.addAll(List.of("_SYSTEMD_INVOCATION_ID=" + invocation, "+", "INVOCATION_ID=" + invocation));
		}
		return command;
	}

	private static String shorten(String line) {
		return (line.length() <= MAX_LINE) ? line : line.substring(0, MAX_LINE) + "...";
	}

}
