package io.hacluster.backend;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.hacluster.test.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A JVM that runs a backend, and is frozen or killed by a test.
 */
public final class BackendManagerProcess {

	private BackendManagerProcess() {
	}

	/**
	 * Starts such a JVM and returns when its backend has been started.
	 * @param factory makes the backend there
	 * @param lease for how long it is prolonged at a time, zero for never
	 * @param arguments what the factory is told
	 * @return the JVM
	 */
	public static Process start(Class<? extends Factory> factory, Duration lease, List<String> arguments)
			throws IOException {
		List<String> command = JavaProcess.command(BackendManagerProcess.class, "64m", factory.getName(),
				Long.toString(lease.toMillis()));
		command.addAll(arguments);
		Process manager = new ProcessBuilder(command).redirectErrorStream(true).start();
		awaitLine(manager, "STARTED");
		return manager;
	}

	/**
	 * Reads the output of such a JVM up to a line that begins with something.
	 * @param manager the JVM
	 * @param beginning of the line
	 * @return the line
	 */
	public static String awaitLine(Process manager, String beginning) throws IOException {
		BufferedReader reader = manager.inputReader(StandardCharsets.UTF_8);
		StringBuilder seen = new StringBuilder();
		String line = reader.readLine();
		while (line != null && !line.startsWith(beginning)) {
			seen.append(line).append('\n');
			line = reader.readLine();
		}
		assertThat(line).as(seen.toString()).startsWith(beginning);
		return line;
	}

	public static void main(String[] args) throws Exception {
		Factory factory = (Factory) Class.forName(args[0]).getDeclaredConstructor().newInstance();
		long lease = Long.parseLong(args[1]);
		Backend backend = factory.create(List.of(args).subList(2, args.length));
		// The first is generous: starting is not what is measured.
		prolong(backend, Duration.ofSeconds((lease > 0) ? 60 : 0));
		backend.start(Duration.ofSeconds(60));
		prolong(backend, Duration.ofMillis(lease));
		System.out.println("STARTED");
		CountDownLatch never = new CountDownLatch(1);
		while (!never.await((lease > 0) ? Math.max(10, lease / 10) : 1000, TimeUnit.MILLISECONDS)) {
			prolong(backend, Duration.ofMillis(lease));
			if (backend.health().status() == BackendHealth.Status.STOPPED) {
				System.out.println("STOPPED " + backend.health().detail());
			}
		}
	}

	private static void prolong(Backend backend, Duration lease) {
		if (!lease.isZero() && backend instanceof LeaseBoundBackend leaseBound) {
			leaseBound.prolong(() -> lease);
		}
	}

	/**
	 * Makes a backend in such a JVM. Has a constructor without parameters.
	 */
	public interface Factory {

		/**
		 * Makes the backend.
		 * @param arguments those that the test gave
		 * @return the backend
		 */
		Backend create(List<String> arguments) throws Exception;

	}

}
