package io.hacluster.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Registered for all tests: sets how patient they are, and fails a class that leaves a
 * process or a thread of ours behind, which would disturb the classes after it.
 */
public final class Leftovers implements BeforeAllCallback, AfterAllCallback {

	/**
	 * How long a test waits for what must happen, unless it says otherwise. A test that
	 * passes does not take longer for it, and a busy machine can be slow.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Leftovers.class);

	@Override
	public void beforeAll(ExtensionContext context) {
		if (isNested(context)) {
			return;
		}
		Awaitility.setDefaultTimeout(PATIENCE);
		Awaitility.setDefaultPollDelay(Duration.ZERO);
		Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
		context.getStore(NAMESPACE).put(ProcessHandle.class, new HashSet<>(processes()));
		context.getStore(NAMESPACE).put(Thread.class, new HashSet<>(threads()));
	}

	@Override
	public void afterAll(ExtensionContext context) {
		if (isNested(context)) {
			return;
		}
		Set<?> processes = context.getStore(NAMESPACE).get(ProcessHandle.class, Set.class);
		Set<?> threads = context.getStore(NAMESPACE).get(Thread.class, Set.class);
		try {
			Awaitility.await().until(() -> processes.containsAll(processes()) && threads.containsAll(threads()));
		}
		catch (ConditionTimeoutException ex) {
			List<ProcessHandle> running = processes().stream().filter((it) -> !processes.contains(it)).toList();
			List<Thread> alive = threads().stream().filter((it) -> !threads.contains(it)).toList();
			running.forEach(ProcessHandle::destroyForcibly);
			throw new AssertionError(context.getDisplayName() + " has left behind "
					+ running.stream()
						.map((it) -> "process " + it.pid() + " " + it.info().commandLine().orElse(""))
						.collect(Collectors.joining("\n", "\n", "\n"))
					+ alive.stream()
						.map((it) -> "thread " + it.getName()
								+ Arrays.stream(it.getStackTrace())
									.map((frame) -> "\n\tat " + frame)
									.collect(Collectors.joining()))
						.collect(Collectors.joining("\n")));
		}
	}

	private static boolean isNested(ExtensionContext context) {
		return context.getRequiredTestClass().getEnclosingClass() != null;
	}

	private static List<ProcessHandle> processes() {
		return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.isAlive() && thread.getName().startsWith("ha-"))
			.toList();
	}

}
