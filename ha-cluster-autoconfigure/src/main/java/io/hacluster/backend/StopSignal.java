package io.hacluster.backend;

/**
 * The signals that can ask a process to end. Only those whose numbers are the same on all
 * POSIX systems.
 */
public enum StopSignal {

	/**
	 * Ask to terminate, the usual one.
	 */
	TERM(15),

	/**
	 * Interrupt, as by Ctrl-C.
	 */
	INT(2),

	/**
	 * Quit, for some servers the graceful way.
	 */
	QUIT(3),

	/**
	 * Hang up.
	 */
	HUP(1);

	private final int number;

	StopSignal(int number) {
		this.number = number;
	}

	int number() {
		return this.number;
	}

}
