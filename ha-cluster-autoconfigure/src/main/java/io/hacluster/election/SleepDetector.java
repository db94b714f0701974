package io.hacluster.election;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Notices that the machine was suspended: Linux's monotonic clock stands still meanwhile,
 * but the machine's uptime goes on (invariant I11).
 */
final class SleepDetector {

	private static final Path UPTIME = Path.of("/proc/uptime");

	private final LongSupplier uptime;

	private final LongSupplier monotonic;

	private long offset;

	/**
	 * Creates a detector of two clocks.
	 * @param uptime nanoseconds, including the time asleep; negative if not known
	 * @param monotonic nanoseconds, without it
	 */
	SleepDetector(LongSupplier uptime, LongSupplier monotonic) {
		this.uptime = uptime;
		this.monotonic = monotonic;
		this.offset = offset();
	}

	/**
	 * Returns the detector for this machine; where there is no uptime to read, it sees
	 * nothing.
	 */
	static SleepDetector ofMachine() {
		return new SleepDetector(SleepDetector::uptimeNanos, System::nanoTime);
	}

	private static long uptimeNanos() {
		try {
			String uptime = Files.readString(UPTIME, StandardCharsets.US_ASCII);
			return (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1_000_000_000);
		}
		catch (IOException | RuntimeException ex) {
			return -1;
		}
	}

	/**
	 * Returns for how long the machine slept since this was last asked.
	 * @return nanoseconds, about zero if it did not
	 */
	long sinceLastCall() {
		long before = this.offset;
		this.offset = offset();
		return this.offset - before;
	}

	private long offset() {
		long now = this.uptime.getAsLong();
		return (now >= 0) ? now - this.monotonic.getAsLong() : this.offset;
	}

}
