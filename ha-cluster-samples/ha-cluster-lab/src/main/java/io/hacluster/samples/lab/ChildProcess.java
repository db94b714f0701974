package io.hacluster.samples.lab;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of the lab, its output appended to a log file.
 */
final class ChildProcess {

	private static final int TAIL_LINES = 25;

	private final Process process;

	private final Path log;

	private ChildProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	static ChildProcess start(List<String> command, Path directory, Path log, Map<String, String> environment) {
		ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectInput(new File("/dev/null"))
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
		builder.environment().putAll(environment);
		try {
			return new ChildProcess(builder.start(), log);
		}
		catch (IOException ex) {
			throw new LabException("cannot start " + command.get(0), ex);
		}
	}

	long pid() {
		return this.process.pid();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Returns the exit code of the process, which must have ended.
	 */
	int exitCode() {
		return this.process.exitValue();
	}

	List<ProcessHandle> descendants() {
		return this.process.descendants().toList();
	}

	/**
	 * Kills the process alone, with SIGKILL.
	 */
	void kill() {
		this.process.destroyForcibly();
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				throw new LabException("process " + pid() + " outlives SIGKILL");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Ends the process with SIGTERM.
	 * @param atMost how long it may take
	 */
	void terminate(Duration atMost) {
		this.process.destroy();
		Await.until("process " + pid() + " has ended", atMost, this::tail, () -> !isAlive());
	}

	/**
	 * Returns the last line that the process has written, empty if there is none.
	 */
	String lastLine() {
		try {
			List<String> lines = Files.readAllLines(this.log);
			return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
		}
		catch (IOException ex) {
			return this.log + " cannot be read: " + ex.getMessage();
		}
	}

	String tail() {
		try {
			List<String> lines = Files.readAllLines(this.log);
			return "--- the end of " + this.log + "\n"
					+ String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
		}
		catch (IOException ex) {
			return "--- " + this.log + " cannot be read: " + ex.getMessage();
		}
	}

}
