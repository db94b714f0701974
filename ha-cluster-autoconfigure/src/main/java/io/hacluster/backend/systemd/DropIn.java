package io.hacluster.backend.systemd;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The two files that bind a unit to its manager, see systemd.unit(5) and
 * systemd.service(5).
 *
 * @param unit the unit that the leader runs
 * @param manager the unit of the node itself
 * @param watchdog how long the manager may be silent before systemd kills it
 */
public record DropIn(String unit, String manager, Duration watchdog) {

	private static final String FILE = "50-ha-cluster.conf";

	private static final String HEAD = "# Made by the command 'systemd-drop-in' of HA Cluster for Spring Boot.\n";

	/**
	 * Creates drop-ins.
	 * @throws IllegalArgumentException if a name is none of a service
	 */
	public DropIn {
		unit = UnitName.service(unit);
		manager = UnitName.service(manager);
	}

	/**
	 * Returns how long a manager may be silent: half of the time after which a leader
	 * that cannot renew its lease gives up. A renewal is never older than that (it would
	 * not be a legal interval), so that a leader which has been frozen is killed when at
	 * least the margin of its lease is left to kill the unit, too.
	 * @param lease the duration of the lease
	 * @param margin the margin
	 * @return the time
	 */
	public static Duration watchdog(Duration lease, Duration margin) {
		return lease.minus(margin).dividedBy(2);
	}

	/**
	 * Returns the files.
	 * @return their content by their absolute path
	 */
	public Map<String, String> files() {
		Map<String, String> files = new LinkedHashMap<>();
		files.put(path(this.unit), unitText());
		files.put(path(this.manager), managerText());
		return files;
	}

	private static String path(String unit) {
		return "/etc/systemd/system/" + unit + ".d/" + FILE;
	}

	private String unitText() {
		return HEAD + """
				# %1$s ends with its manager, and starts only while the manager leads.
				# There is no After= on purpose: systemd would stop %1$s, for as long as that takes,
				# before it tells the manager to step down.
				[Unit]
				BindsTo=%2$s
				AssertPathExists=%3$s
				""".formatted(this.unit, this.manager, StartPermit.file(this.unit));
	}

	private String managerText() {
		return HEAD + """
				[Unit]
				# What a manager without root asks systemd by: still there when the machine is shut down.
				After=dbus.service polkit.service
				[Service]
				# The manager says when it is ready, what it does, and that it is alive.
				Type=notify
				# A frozen process would ignore the default, SIGABRT.
				WatchdogSec=%1$dms
				WatchdogSignal=SIGKILL
				# A stop is for the manager alone: it steps down in order.
				KillMode=mixed
				RuntimeDirectory=%2$s
				# However the manager ends, %3$s must not run on. The '+' is for managers without root.
				ExecStopPost=-+systemctl stop --no-block %3$s
				ExecStopPost=-+systemctl kill --signal=SIGKILL %3$s
				""".formatted(this.watchdog.toMillis(), StartPermit.DIRECTORY, this.unit);
	}

}
