package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is alive in the heap of another JVM, after a full collection that asking for it
 * sets off.
 */
final class Heap {

	private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

	private static final Pattern RESIDENT_PEAK = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB");

	/** To attach to a JVM takes a moment in which it answers. */
	private static final int ATTEMPTS = 5;

	private Heap() {
	}

	/**
	 * Returns the size of all objects that are alive.
	 * @param process a JVM
	 * @return MiB
	 */
	static double live(ChildProcess process) throws IOException {
		String output = "";
		for (int i = 0; i < ATTEMPTS && process.isAlive(); i++) {
			output = histogram(process);
			if (TOTAL.matcher(output).find()) {
				break;
			}
			Await.pause();
		}
		return parse(output);
	}

	private static String histogram(ChildProcess process) throws IOException {
		Process jcmd = new ProcessBuilder(Path.of(NodeCommand.java()).resolveSibling("jcmd").toString(),
				Long.toString(process.pid()), "GC.class_histogram")
			.redirectErrorStream(true)
			.start();
		try (InputStream output = jcmd.getInputStream()) {
			return new String(output.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	static double parse(String histogram) {
		Matcher matcher = TOTAL.matcher(histogram);
		if (!matcher.find()) {
			throw new LabException(
					"jcmd does not tell the size of the heap: " + histogram.lines().findFirst().orElse("no output"));
		}
		return Long.parseLong(matcher.group(1)) / (double) (1 << 20);
	}

	/**
	 * Returns the greatest resident set that the process has had.
	 * @return MiB
	 */
	static double residentPeak(ChildProcess process) throws IOException {
		Matcher matcher = RESIDENT_PEAK
			.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
		return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024.0 : Double.NaN;
	}

}
