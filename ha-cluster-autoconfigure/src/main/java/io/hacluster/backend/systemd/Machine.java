package io.hacluster.backend.systemd;

import java.nio.file.Path;
import java.util.List;

/**
 * Where systemd is. Another place than this machine is for tests only.
 *
 * @param prefix stands before each program
 * @param root the root directory
 * @param binding the unit of this process there
 */
record Machine(List<String> prefix, Path root, ManagerBinding binding) {

	static Machine local() {
		return new Machine(List.of(), Path.of("/"), ManagerBinding.of(Path.of("/proc/self/cgroup")));
	}

	/**
	 * Returns where processes are listed.
	 */
	Path processes() {
		return this.root.resolve("proc");
	}

	/**
	 * Returns the directory that is there if and only if systemd runs, see sd_booted(3).
	 */
	Path systemd() {
		return this.root.resolve("run/systemd/system");
	}

	StartPermit permit(String unit) {
		return new StartPermit(this.root.resolve(StartPermit.file(unit).substring(1)));
	}

}
