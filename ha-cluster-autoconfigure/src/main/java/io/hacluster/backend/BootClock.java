package io.hacluster.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The time since the machine was booted, from {@code /proc/uptime} (proc(5)): the one
 * monotonic clock that a JVM and a shell can both read, so that one can give the other an
 * absolute point in time. It goes on while the machine is suspended.
 */
final class BootClock {

	private static final Path UPTIME = Path.of("/proc/uptime");

	/**
	 * Returns the hundredths of a second since boot, rounded down; empty on a system that
	 * does not tell.
	 */
	OptionalLong centis() {
		try {
			String text = Files.readString(UPTIME, StandardCharsets.US_ASCII);
			int point = text.indexOf('.');
			return OptionalLong.of(Long.parseLong(text.substring(0, point)) * 100
					+ Long.parseLong(text.substring(point + 1, point + 3)));
		}
		catch (IOException | RuntimeException ex) {
			return OptionalLong.empty();
		}
	}

}
