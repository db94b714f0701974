package io.hacluster.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * SIGSTOP reaches a process at once, but its threads one after the other: those that run
 * on another processor may still answer for a moment.
 */
final class StoppedProcess {

	private StoppedProcess() {
	}

	/**
	 * Waits until all threads of a process that was sent SIGSTOP stand still.
	 */
	static void await(long pid) {
		Path tasks = Path.of("/proc/" + pid + "/task");
		Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
			if (!Files.exists(tasks)) {
				return true;
			}
			try (Stream<Path> threads = Files.list(tasks)) {
				return threads.allMatch(StoppedProcess::isStopped);
			}
		});
	}

	private static boolean isStopped(Path thread) {
		try {
			String stat = Files.readString(thread.resolve("stat"));
			return stat.startsWith("T", stat.lastIndexOf(')') + 2);
		}
		catch (IOException ex) {
			// A thread that has ended
			return true;
		}
	}

}
