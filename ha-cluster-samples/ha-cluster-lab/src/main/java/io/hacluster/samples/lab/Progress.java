package io.hacluster.samples.lab;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Says what happens as it happens, each line with the seconds since the start.
 */
final class Progress {

	private final PrintStream out;

	private final long start = System.nanoTime();

	Progress(PrintStream out) {
		this.out = out;
	}

	void say(String format, Object... arguments) {
		double seconds = (System.nanoTime() - this.start) / 1e9;
		this.out.printf(Locale.ROOT, "%7.2f s  %s%n", seconds, String.format(Locale.ROOT, format, arguments));
	}

	static String text(Duration duration) {
		return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
	}

}
