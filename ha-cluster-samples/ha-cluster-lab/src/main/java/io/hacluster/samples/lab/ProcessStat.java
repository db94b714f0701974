package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What {@code /proc/<pid>/stat} says about a process: proc(5).
 *
 * @param processorTime time in user and kernel mode since its start, in steps of 10 ms
 */
record ProcessStat(Duration processorTime) {

	/**
	 * USER_HZ, the unit of the times; 100 on every Linux that has a JDK.
	 */
	private static final long TICKS_PER_SECOND = 100;

	private static final int UTIME = 11;

	private static final int STIME = 12;

	static ProcessStat of(long pid) throws IOException {
		return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
	}

	/**
	 * Returns how much a process has written through system calls since its start.
	 * @param pid the process, of the same user
	 * @return bytes
	 */
	static long written(long pid) throws IOException {
		return Files.readAllLines(Path.of("/proc", Long.toString(pid), "io"))
			.stream()
			.filter((line) -> line.startsWith("wchar: "))
			.mapToLong((line) -> Long.parseLong(line.substring("wchar: ".length())))
			.findFirst()
			.orElseThrow(() -> new IOException("/proc/" + pid + "/io has no wchar"));
	}

	static ProcessStat parse(String stat) {
		// The second field is the command in parentheses and may hold anything.
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
		return new ProcessStat(Duration.ofMillis(ticks * 1_000 / TICKS_PER_SECOND));
	}

}
