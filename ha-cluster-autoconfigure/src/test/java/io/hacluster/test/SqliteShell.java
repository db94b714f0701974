package io.hacluster.test;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The {@code sqlite3} command in a process of its own: a writer or reader that has
 * nothing of ours. Not thread-safe.
 */
public final class SqliteShell implements AutoCloseable {

	private static final String END = "-- end of answer --";

	private final Process process;

	private final BufferedReader answers;

	private final BufferedWriter commands;

	private SqliteShell(Map<String, String> environment) {
		try {
			ProcessBuilder builder = new ProcessBuilder(ProjectScript.path("litestream", "sqlite3").toString(),
					"-batch")
				.redirectErrorStream(true);
			builder.environment().putAll(environment);
			this.process = builder.start();
			this.answers = new BufferedReader(
					new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
			this.commands = new BufferedWriter(
					new OutputStreamWriter(this.process.getOutputStream(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Opens a database file.
	 * @param database the file, made if it is not there
	 * @return the shell
	 */
	public static SqliteShell open(Path database) {
		SqliteShell shell = start(Map.of());
		shell.run(".open " + database);
		shell.run("PRAGMA busy_timeout=10000;");
		return shell;
	}

	/**
	 * Starts a shell without a database.
	 * @param environment what to add to the environment of the process
	 * @return the shell
	 */
	static SqliteShell start(Map<String, String> environment) {
		return new SqliteShell(environment);
	}

	/**
	 * Runs statements, each ended by a semicolon, or one of the shell's own commands.
	 * @param input what to run
	 * @return the lines of the answer
	 * @throws IllegalStateException if one fails
	 */
	public List<String> run(String input) {
		begin(input);
		return answer();
	}

	/**
	 * Runs statements without waiting for the {@link #answer()}.
	 * @param input what to run
	 */
	public void begin(String input) {
		try {
			this.commands.write(input + "\n.print " + END + "\n");
			this.commands.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits for what has begun.
	 * @return the lines of the answer
	 * @throws IllegalStateException if a statement failed
	 */
	public List<String> answer() {
		List<String> lines = new ArrayList<>();
		List<String> complaints = new ArrayList<>();
		boolean failed = false;
		try {
			for (String line = this.answers.readLine(); !END.equals(line); line = this.answers.readLine()) {
				if (line == null) {
					throw new IllegalStateException("sqlite3 has ended after " + lines + complaints);
				}
				boolean error = line.startsWith("Error:") || line.contains("rror near line");
				boolean logged = line.startsWith("time=") && line.contains(" level=");
				((error || logged) ? complaints : lines).add(line);
				failed = failed || error;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		if (failed) {
			throw new IllegalStateException("sqlite3 answered " + String.join("\n", complaints));
		}
		return lines;
	}

	/**
	 * Kills the process with SIGKILL.
	 */
	public void kill() {
		this.process.destroyForcibly();
		await();
	}

	/**
	 * Closes the database and ends the process.
	 */
	@Override
	public void close() {
		try {
			this.commands.close();
		}
		catch (IOException ex) {
			// it has ended before
		}
		await();
	}

	private void await() {
		try {
			if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
				throw new IllegalStateException("sqlite3 does not end");
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
