package io.hacluster.backend.systemd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendException;

/**
 * Looks before the cluster starts whether a unit can be used, and warns of what is not
 * safe.
 */
final class UnitCheck {

	private static final String UNIT = "'ha.cluster.backend.systemd.unit'";

	private static final String DEPENDENCIES = "'ha.cluster.backend.systemd.dependencies'";

	private static final Logger log = LoggerFactory.getLogger(SystemdBackend.class);

	private final NodeIdentity identity;

	private final SystemdSettings settings;

	private final Systemctl systemctl;

	private final Path running;

	/**
	 * Creates a check.
	 * @param running the directory that is there if and only if systemd runs, see
	 * sd_booted(3)
	 */
	UnitCheck(NodeIdentity identity, SystemdSettings settings, Systemctl systemctl, Path running) {
		this.identity = identity;
		this.settings = settings;
		this.systemctl = systemctl;
		this.running = running;
	}

	/**
	 * Makes the check.
	 * @param binding what binds the unit to its manager
	 * @throws UnusableUnitException if the unit cannot be used
	 */
	void run(ManagerBinding binding) throws InterruptedException {
		if (!Files.isDirectory(this.running)) {
			throw new UnusableUnitException("systemd does not run on this machine: there is no " + this.running + ".",
					"Run the node where systemd is the init system, or choose another 'ha.cluster.backend.type'.",
					null);
		}
		UnitStatus unit = load();
		probeRights(unit);
		warn(unit, binding);
	}

	private UnitStatus load() throws InterruptedException {
		List<String> names = new ArrayList<>(this.settings.dependencies());
		names.add(0, this.settings.unit());
		List<UnitStatus> units;
		try {
			units = this.systemctl.show(names);
		}
		catch (BackendException ex) {
			throw new UnusableUnitException(ex.getMessage() + ".",
					"A backend of type 'systemd' needs the program 'systemctl' in the PATH, and this user to be "
							+ "allowed to ask it (a user other than root needs dbus).",
					ex);
		}
		for (int i = 0; i < units.size(); i++) {
			String problem = UnitFailure.ofLoading(units.get(i));
			if (problem != null) {
				throw new UnusableUnitException(problem + ".",
						UnitFailure.remedy(units.get(i)) + ", or correct " + ((i == 0) ? UNIT : DEPENDENCIES) + ".",
						null);
			}
		}
		return units.get(0);
	}

	/**
	 * Asks for what does nothing to a unit that does not run. Whether this user may start
	 * it cannot be asked without doing so.
	 */
	private void probeRights(UnitStatus unit) throws InterruptedException {
		require("reset-failed", this.systemctl.resetFailed(unit.id()));
		if (unit.isQuiet()) {
			require("stop", this.systemctl.beginStop(unit.id()));
			require("kill", this.systemctl.kill(unit.id()));
		}
	}

	private void require(String verb, ToolResult result) {
		if (SystemdRights.isRefusal(result)) {
			throw new UnusableUnitException(
					"This user may not " + verb + " " + this.settings.unit() + ": " + result.problem() + ".",
					SystemdRights.remedy(this.settings.unit()) + ". Or correct " + UNIT + ".", null);
		}
	}

	private void warn(UnitStatus unit, ManagerBinding binding) {
		List<String> starters = unit.starters();
		if (!starters.isEmpty()) {
			log.warn(
					"[{}] {} may be started without being asked for by this node, also on a follower: by {}. "
							+ "Run 'systemctl disable {}'",
					this.identity, unit.id(), String.join(", ", starters), unit.id());
		}
		String unbound = binding.problem(unit);
		if (!unbound.isEmpty()) {
			log.warn("[{}] {}", this.identity, unbound);
		}
		if (unit.needsReload()) {
			log.warn("[{}] The files of {} have changed since systemd read them: run 'systemctl daemon-reload'",
					this.identity, unit.id());
		}
	}

}
