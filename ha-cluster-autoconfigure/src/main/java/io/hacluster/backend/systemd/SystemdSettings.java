package io.hacluster.backend.systemd;

import java.time.Duration;
import java.util.List;

/**
 * How to run a backend as a unit.
 *
 * @param unit the service, with its suffix
 * @param dependencies units that must be active before it is started, with their suffixes
 * @param journalLines how many lines of the journal go into a failure; zero for none
 * @param queryTimeout how long systemd may take to answer a question
 */
public record SystemdSettings(String unit, List<String> dependencies, int journalLines, Duration queryTimeout) {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a name is none
	 */
	public SystemdSettings {
		unit = UnitName.service(unit);
		dependencies = dependencies.stream().map(UnitName::of).toList();
	}

}
