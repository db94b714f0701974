package io.hacluster.samples.lab;

/**
 * Freezes and thaws processes.
 */
final class Signals {

	private final LinuxCalls linux = LinuxCalls.load();

	/**
	 * Stops a process where it stands; it does not notice.
	 * @param pid the process
	 */
	void freeze(long pid) {
		this.linux.kill(Math.toIntExact(pid), LinuxCalls.SIGSTOP);
	}

	/**
	 * Lets a process go on.
	 * @param pid the process
	 */
	void thaw(long pid) {
		this.linux.kill(Math.toIntExact(pid), LinuxCalls.SIGCONT);
	}

}
