package io.hacluster.backend.systemd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.hacluster.backend.BackendException;

/**
 * The last lines that a unit has written to the journal, see journalctl(1).
 */
final class Journal {

	/**
	 * A failure is read by people, and goes into logs and health.
	 */
	private static final int MAX_LINE = 500;

	private static final int MOST_READS = 5;

	private static final long PAUSE_MILLIS = 100;

	private final CountDownLatch never = new CountDownLatch(1);

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
	 * @return such as {@code last lines of the journal: a | b}; empty if none are wanted
	 */
	String describe(UnitStatus unit) throws InterruptedException {
		if (this.lines == 0) {
			return "";
		}
		try {
			ToolResult result = read(command(unit));
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

	/**
	 * What a program has written reaches the journal a moment after its end.
	 */
	private ToolResult read(List<String> command) throws InterruptedException {
		ToolResult result = this.tools.run(this.timeout, command);
		for (int i = 0; i < MOST_READS; i++) {
			this.never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
			ToolResult next = this.tools.run(this.timeout, command);
			if (next.output().equals(result.output())) {
				return next;
			}
			result = next;
		}
		return result;
	}

	/**
	 * By unit and time, and not by _SYSTEMD_INVOCATION_ID: what a program has written
	 * that ended at once does not carry that.
	 */
	private List<String> command(UnitStatus unit) {
		List<String> command = new ArrayList<>(List.of("journalctl", "--no-pager", "--output=cat", "--boot",
				"--lines=" + this.lines, "--unit=" + unit.id()));
		if (!unit.since().isEmpty()) {
			command.add("--since=" + unit.since());
		}
		return command;
	}

	private static String shorten(String line) {
		return (line.length() <= MAX_LINE) ? line : line.substring(0, MAX_LINE) + "...";
	}

}
