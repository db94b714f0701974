package io.hacluster.command;

import java.util.List;

import io.hacluster.HaClusterException;
import io.hacluster.backend.systemd.DropIn;
import io.hacluster.backend.systemd.DropInFiles;
import io.hacluster.backend.systemd.UnitName;
import io.hacluster.election.ElectionSettings;

/**
 * Shows or installs what has systemd stop the backend's unit when the unit of its manager
 * ends or freezes.
 */
final class SystemdDropInCommand implements Command {

	@Override
	public String name() {
		return "systemd-drop-in";
	}

	@Override
	public String summary() {
		return "Shows or installs the drop-ins that bind the backend's unit to that of its manager";
	}

	@Override
	public List<Option> options() {
		return List.of(new Option("manager", "UNIT", "The unit that runs this application. Required."),
				Option.flag("install", "Write the files below /etc/systemd/system and have systemd read them."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		String manager = arguments.value("manager", "the name of a service", UnitName::service)
			.orElseThrow(() -> new UsageException("Say which unit runs this application: --manager=UNIT"));
		boolean install = arguments.has("install");
		return (environment, terminal) -> {
			ElectionSettings election = environment.election();
			DropIn dropIn = new DropIn(environment.systemdUnit(), manager,
					DropIn.watchdog(election.leaseDuration(), election.margin()));
			if (install) {
				install(dropIn, terminal);
			}
			else {
				dropIn.files().forEach((path, text) -> terminal.out().println("# " + path + "\n" + text));
			}
			return OK;
		};
	}

	private static void install(DropIn dropIn, Terminal terminal) throws InterruptedException {
		if (dropIn.unit().equals(dropIn.manager())) {
			throw new HaClusterException("'--manager' names the backend's own unit, " + dropIn.unit());
		}
		new DropInFiles().install(dropIn);
		dropIn.files().keySet().forEach((path) -> terminal.out().println("Installed " + path));
		terminal.out().println("They apply to " + dropIn.manager() + " when it is started the next time");
	}

}
