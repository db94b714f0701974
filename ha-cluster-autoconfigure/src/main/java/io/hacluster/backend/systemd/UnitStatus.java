package io.hacluster.backend.systemd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What {@code systemctl show} says about a unit, see systemctl(1) and
 * org.freedesktop.systemd1(5).
 */
final class UnitStatus {

	/**
	 * What is asked for.
	 */
	static final String PROPERTIES = "Id,LoadState,LoadError,ActiveState,SubState,Result,UnitFileState,MainPID,"
			+ "ControlGroup,TasksCurrent,ExecMainCode,ExecMainStatus,InactiveExitTimestamp,NRestarts,Job,BindsTo,"
			+ "WantedBy,RequiredBy,TriggeredBy,ConditionResult,NeedDaemonReload";

	private static final String NOT_SET = "[not set]";

	private final Map<String, String> values;

	private UnitStatus(Map<String, String> values) {
		this.values = values;
	}

	/**
	 * Reads the answer about one unit, or several.
	 * @param output lines of {@code Name=value}, with an empty line between two units
	 */
	static List<UnitStatus> parse(String output) {
		List<UnitStatus> units = new ArrayList<>();
		Map<String, String> values = new HashMap<>();
		for (String line : (output + "\n\n").split("\n", -1)) {
			int equals = line.indexOf('=');
			if (equals > 0) {
				values.put(line.substring(0, equals), line.substring(equals + 1));
			}
			else if (line.isEmpty() && !values.isEmpty()) {
				units.add(new UnitStatus(Map.copyOf(values)));
				values.clear();
			}
		}
		return units;
	}

	String id() {
		return text("Id");
	}

	String loadState() {
		return text("LoadState");
	}

	/**
	 * Returns why the unit could not be loaded, without the D-Bus name of the error.
	 */
	String loadError() {
		String error = text("LoadError");
		int quote = error.indexOf('"');
		return (quote < 0) ? error : error.substring(quote + 1).replaceFirst("\"$", "");
	}

	String activeState() {
		return text("ActiveState");
	}

	String subState() {
		return text("SubState");
	}

	String result() {
		return text("Result");
	}

	String unitFileState() {
		return text("UnitFileState");
	}

	/**
	 * Returns when the last run of the unit began, in a form that journalctl(1) takes.
	 */
	String since() {
		String time = text("InactiveExitTimestamp");
		return time.equals("n/a") ? "" : time;
	}

	long mainPid() {
		return number("MainPID");
	}

	long restarts() {
		return number("NRestarts");
	}

	long exitCode() {
		return number("ExecMainCode");
	}

	long exitStatus() {
		return number("ExecMainStatus");
	}

	boolean isActive() {
		return activeState().equals("active") || activeState().equals("reloading")
				|| activeState().equals("refreshing");
	}

	/**
	 * Returns whether the unit has ended and systemd is not about to start it again.
	 */
	boolean hasEnded() {
		return (activeState().equals("inactive") || activeState().equals("failed")) && !hasJob();
	}

	boolean hasFailed() {
		return activeState().equals("failed");
	}

	/**
	 * Returns whether a manager's unit has been told to end.
	 */
	boolean isBeingStopped() {
		return hasJob() || activeState().equals("deactivating") || hasEnded();
	}

	/**
	 * Returns whether nothing of the unit runs, also no process that it left in its
	 * control group.
	 */
	boolean isQuiet() {
		return hasEnded() && (text("ControlGroup").isEmpty() || text("TasksCurrent").equals("0"));
	}

	boolean refusedByCondition() {
		return text("ConditionResult").equals("no");
	}

	/**
	 * Returns whether anything but a person or a program starts the unit: the boot,
	 * another unit, a socket, a timer or a path.
	 */
	List<String> starters() {
		List<String> starters = new ArrayList<>();
		if (unitFileState().startsWith("enabled")) {
			starters.add("the boot (it is " + unitFileState() + ")");
		}
		for (String property : List.of("WantedBy", "RequiredBy", "TriggeredBy")) {
			starters.addAll(words(property));
		}
		return starters;
	}

	boolean isBoundTo(String unit) {
		return words("BindsTo").contains(unit);
	}

	/**
	 * Returns whether the files of the unit have changed since systemd read them.
	 */
	boolean needsReload() {
		return text("NeedDaemonReload").equals("yes");
	}

	private boolean hasJob() {
		return !text("Job").isEmpty() && !text("Job").equals("0");
	}

	private List<String> words(String property) {
		String text = text(property);
		return text.isEmpty() ? List.of() : List.of(text.split(" +"));
	}

	private long number(String property) {
		try {
			return Long.parseLong(text(property));
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	private String text(String property) {
		String value = Objects.requireNonNullElse(this.values.get(property), "").strip();
		return value.equals(NOT_SET) ? "" : value;
	}

	/**
	 * Returns the state in systemd's words.
	 */
	@Override
	public String toString() {
		return activeState() + " (" + subState() + ")";
	}

}
