package io.hacluster.backend.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether systemd stops a unit when the unit of its manager ends.
 *
 * @param manager the unit that this process is part of, empty if it is none
 */
record ManagerBinding(Optional<String> manager) {

	/**
	 * Finds the unit of this process, see cgroups(7): the innermost control group that is
	 * named like a service.
	 * @param cgroups a file like {@code /proc/self/cgroup}
	 */
	static ManagerBinding of(Path cgroups) {
		try {
			return new ManagerBinding(Files.readAllLines(cgroups)
				.stream()
				.filter((line) -> line.startsWith("0::") || line.contains(":name=systemd:"))
				.map((line) -> line.replaceFirst(".*?:.*?:", ""))
				.flatMap((path) -> Path.of(path).getNameCount() == 0 ? Stream.<String>empty()
						: Stream.of(path.split("/")))
				.filter((element) -> element.endsWith(".service"))
				.reduce((first, second) -> second));
		}
		catch (IOException ex) {
			return new ManagerBinding(Optional.empty());
		}
	}

	/**
	 * Says what is missing.
	 * @return a sentence, empty if the unit is bound
	 */
	String problem(UnitStatus unit) {
		if (this.manager.isEmpty()) {
			return "This process is no service of systemd, so that systemd does not stop " + unit.id()
					+ " when it ends; only its guard does";
		}
		String name = this.manager.get();
		if (unit.isBoundTo(name)) {
			return "";
		}
		return unit.id() + " is not bound to " + name + ": systemd does not stop it when this manager ends. Run the "
				+ "command 'systemd-drop-in --manager=" + name + " --install'";
	}

}
