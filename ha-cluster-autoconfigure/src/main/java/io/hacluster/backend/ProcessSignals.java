package io.hacluster.backend;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;

/**
 * The one call to the operating system that Java lacks: {@code kill(2)} with a negative
 * process id, which reaches a whole process group.
 */
final class ProcessSignals {

	static final int KILL = 9;

	private static final int EPERM = 1;

	private final LibC libc = Native.load("c", LibC.class);

	/**
	 * Signals every process of a group.
	 * @param group the group
	 * @param signal the signal, 0 only to ask
	 * @return whether the group exists
	 */
	boolean signalGroup(long group, int signal) {
		return signal(-group, signal);
	}

	/**
	 * Signals a process.
	 * @param pid the process
	 * @param signal the signal, 0 only to ask
	 * @return whether the process exists
	 */
	boolean signal(long pid, int signal) {
		if (pid == 0 || pid == 1 || pid == -1) {
			throw new IllegalArgumentException("'pid' must not be " + pid);
		}
		try {
			this.libc.kill(Math.toIntExact(pid), signal);
			return true;
		}
		catch (LastErrorException ex) {
			return ex.getErrorCode() == EPERM;
		}
	}

	/**
	 * What is used of the C library.
	 */
	interface LibC extends Library {

		int kill(int pid, int signal) throws LastErrorException;

	}

}
