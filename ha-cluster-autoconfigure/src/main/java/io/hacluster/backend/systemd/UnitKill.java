package io.hacluster.backend.systemd;

import java.util.ArrayList;
import java.util.List;

/**
 * What the guard of a unit runs outside this JVM.
 */
final class UnitKill {

	/**
	 * Exits with 0 if and only if nothing of the unit {@code $1} runs. The stop comes
	 * first, or a unit with {@code Restart=} would be back; it is not waited for, because
	 * the commands of the unit that stop it may hang.
	 */
	private static final String SCRIPT = """
			systemctl --no-ask-password --no-pager stop --no-block -- "$1"
			systemctl --no-ask-password --no-pager kill --signal=SIGKILL -- "$1"
			state=$(systemctl --no-pager show --property=ActiveState --value -- "$1") || exit 1
			group=$(systemctl --no-pager show --property=ControlGroup --value -- "$1") || exit 1
			case "$state" in
			inactive | failed) [ -z "$group" ] ;;
			*) exit 1 ;;
			esac
			""";

	private UnitKill() {
	}

	/**
	 * Returns the command.
	 * @param prefix stands before it
	 * @param unit the unit
	 */
	static List<String> command(List<String> prefix, String unit) {
		List<String> command = new ArrayList<>(prefix);
		command.addAll(List.of("/bin/sh", "-c", SCRIPT, "ha-guard", unit));
		return command;
	}

}
