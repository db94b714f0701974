package io.hacluster.backend;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.hacluster.Ticker;

/**
 * The process behind a {@link LeaseGuard}. It reads lines: {@code lease <deadline>} in
 * hundredths of a second since boot, each answered with an empty line, and
 * {@code release}. Not thread-safe.
 */
final class GuardProcess {

	/**
	 * The exit code after the action has succeeded.
	 */
	static final int FIRED = 3;

	/**
	 * The exit code after the action has failed too often.
	 */
	static final int GAVE_UP = 4;

	private static final Duration READY_TIMEOUT = Duration.ofSeconds(5);

	private static final long RELEASE_MILLIS = 1000;

	private static final long POLL_NANOS = 1_000_000;

	/**
	 * Far fewer lines than any pipe holds, so that a write never blocks.
	 */
	private static final int MAX_UNANSWERED = 100;

	/**
	 * Deadlines are absolute: a line that waited in the pipe while everybody was frozen
	 * must not count from when it is read. For the same reason what waits in the pipe is
	 * read before a deadline is taken for missed: a shell that stood still itself may
	 * find a line and the end of its time at the same moment, and can then have read a
	 * part of that line, so the rest of one means nothing. Whatever ends the reading
	 * fires: the time, and the end of the pipe, which is the end of the manager.
	 */
	private static final String SCRIPT = """
			trap '' HUP INT QUIT ABRT USR1 USR2 PIPE TERM
			cd /
			if [ -r /proc/uptime ]; then
				read -r -t 0.5 up idle </proc/uptime || exit 5
			fi
			echo
			deadline=
			while :; do
				if [ -n "$deadline" ]; then
					read -r up idle </proc/uptime
					left=$((deadline - ${up%.*} * 100 - 1${up#*.} + 101))
					[ "$left" -gt 0 ] || left=1
					left="$((left / 100)).$((left % 100 / 10))$((left % 10))"
					read -r -t "$left" word value || read -r -t 0.02 word value || break
				else
					read -r word value || break
				fi
				case $word in
					release) exit 0 ;;
					lease) deadline=${value:-$deadline} ;;
				esac
				echo
			done
			attempt=0
			while [ "$attempt" -lt 300 ]; do
				"$@" </dev/null >/dev/null 2>&1 && exit 3
				attempt=$((attempt + 1))
				if [ "$attempt" -lt 20 ]; then sleep 0.1; else sleep 1; fi
			done
			exit 4
			""";

	private final Process process;

	private final OutputStream commands;

	private final InputStream answers;

	private final long startedNanos = Ticker.SYSTEM.nanoTime();

	private int unanswered;

	private GuardProcess(Process process) {
		this.process = process;
		this.commands = process.getOutputStream();
		this.answers = process.getInputStream();
	}

	/**
	 * Starts a guard and waits until it stands.
	 * @param shell as of {@link Programs#shell()}
	 * @param action what it is to run
	 * @throws BackendException if it cannot be started
	 */
	static GuardProcess start(List<String> shell, List<String> action) {
		List<String> command = new ArrayList<>(Programs.newSession());
		command.addAll(shell);
		command.addAll(List.of("-c", SCRIPT, "ha-guard"));
		command.addAll(action);
		ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/")).redirectError(Redirect.DISCARD);
		Map<String, String> environment = builder.environment();
		// A shell runs what some of these say before it runs the script.
		environment.keySet()
			.removeIf((name) -> name.startsWith("BASH") || name.equals("ENV") || name.equals("SHELLOPTS"));
		environment.keySet().removeAll(BackendProcess.OURS_ALONE);
		environment.put("LC_ALL", "C");
		GuardProcess guard;
		try {
			guard = new GuardProcess(builder.start());
		}
		catch (IOException ex) {
			throw new BackendException("The guard of the backend could not be started: " + ex.getMessage(), ex);
		}
		guard.unanswered = 1;
		if (!guard.awaitReady()) {
			boolean running = guard.process.isAlive();
			guard.process.destroyForcibly();
			throw new BackendException("The guard of the backend could not be started: "
					+ (running ? "it does not answer" : "it ended with code " + guard.process.exitValue()));
		}
		return guard;
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * Tells the deadline. Does not block.
	 * @return whether it was written; not if the guard has ended or does not read
	 */
	boolean lease(long deadlineCentis) {
		try {
			readAnswers();
			if (this.unanswered >= MAX_UNANSWERED) {
				return false;
			}
			write("lease " + deadlineCentis + "\n");
			this.unanswered++;
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Ends the guard. When this returns, it does nothing any more, even if it had begun
	 * with its action.
	 * @return whether its action had succeeded before
	 */
	boolean release() {
		boolean interrupted = Thread.interrupted();
		try {
			if (!endsByItself()) {
				List<ProcessHandle> children = this.process.descendants().toList();
				this.process.destroyForcibly();
				children.forEach(ProcessHandle::destroyForcibly);
				this.process.waitFor(RELEASE_MILLIS, TimeUnit.MILLISECONDS);
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
			this.process.destroyForcibly();
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
		return !this.process.isAlive() && this.process.exitValue() == FIRED;
	}

	/**
	 * Calls back with the exit code when the guard has ended, for whatever reason.
	 */
	void onEnd(Consumer<Integer> callback) {
		this.process.onExit().thenAccept((ended) -> callback.accept(ended.exitValue()));
	}

	Duration age() {
		return Duration.ofNanos(Ticker.SYSTEM.nanoTime() - this.startedNanos);
	}

	private boolean endsByItself() throws InterruptedException {
		try (OutputStream pipe = this.commands) {
			write("release\n");
		}
		catch (IOException ex) {
			// It has ended, or fired, which can take longer than there is time.
			return !this.process.isAlive();
		}
		return this.process.waitFor(RELEASE_MILLIS, TimeUnit.MILLISECONDS);
	}

	private boolean awaitReady() {
		long deadline = Ticker.SYSTEM.nanoTime() + READY_TIMEOUT.toNanos();
		while (Ticker.SYSTEM.nanoTime() - deadline < 0) {
			try {
				readAnswers();
			}
			catch (IOException ex) {
				return false;
			}
			if (this.unanswered == 0) {
				return true;
			}
			if (!this.process.isAlive()) {
				return false;
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
		return false;
	}

	private void readAnswers() throws IOException {
		int available = this.answers.available();
		if (available > 0) {
			this.unanswered -= this.answers.readNBytes(available).length;
		}
	}

	private void write(String line) throws IOException {
		this.commands.write(line.getBytes(StandardCharsets.US_ASCII));
		this.commands.flush();
	}

}
