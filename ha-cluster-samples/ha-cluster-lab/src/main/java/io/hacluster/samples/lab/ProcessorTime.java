package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The processor time of a process, from {@code /proc}: proc(5).
 */
final class ProcessorTime {

	/** USER_HZ, the unit of the fields; 100 on every Linux that has a JDK. */
	private static final long TICKS_PER_SECOND = 100;

	private static final int UTIME = 11;

	private static final int STIME = 12;

	private ProcessorTime() {
	}

	/**
	 * Returns what a process has used in user and kernel mode since its start.
	 * @param pid the process
	 * @return the time, in steps of 10 ms
	 * @throws IOException if there is no such process, or no {@code /proc}
	 */
	static Duration of(long pid) throws IOException {
		return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
	}

	static Duration parse(String stat) {
		// The second field is the command in parentheses and may hold anything.
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
		return Duration.ofMillis(ticks * 1_000 / TICKS_PER_SECOND);
	}

}
