package io.hacluster.replication;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import io.hacluster.test.JavaProcess;

/**
 * Drives a {@link WriterMain} in a JVM of its own.
 */
public final class Writer implements AutoCloseable {

	private final Process process;

	private final BufferedReader answers;

	private final BufferedWriter commands;

	public Writer() {
		try {
			this.process = new ProcessBuilder(JavaProcess.command(WriterMain.class, "128m"))
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			this.answers = new BufferedReader(
					new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
			this.commands = new BufferedWriter(
					new OutputStreamWriter(this.process.getOutputStream(), StandardCharsets.UTF_8));
			answer();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public Writer open(Path database) {
		send("open " + database);
		return this;
	}

	/**
	 * Runs a statement.
	 * @return rows, each ended by a semicolon, with commas between the columns
	 */
	public String sql(String sql) {
		return send("sql " + sql);
	}

	/**
	 * Commits rows one by one.
	 */
	public void insert(int count, int bytes) {
		send("insert " + count + " " + bytes);
	}

	/**
	 * Commits as fast as possible.
	 * @return how many commits there were and how long the longest took, in milliseconds
	 */
	public long[] flat(long millis, int bytes) {
		String[] parts = send("flat " + millis + " " + bytes).split(" ");
		return new long[] { Long.parseLong(parts[0]), Long.parseLong(parts[1]) };
	}

	/**
	 * Commits with no patience and its own clock.
	 * @param pauseMicros between two commits
	 * @return what {@link Contention} says
	 */
	public Contention contend(long millis, int bytes, long pauseMicros) {
		beginContention(millis, bytes, pauseMicros);
		return contention();
	}

	public void beginContention(long millis, int bytes, long pauseMicros) {
		begin("contend " + millis + " " + bytes + " " + pauseMicros);
	}

	public Contention contention() {
		long[] parts = Arrays.stream(answer().split(" ")).mapToLong(Long::parseLong).toArray();
		return new Contention(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
	}

	/**
	 * What a writer has seen of others.
	 *
	 * @param commits how many it made
	 * @param busy how many of them were refused first
	 * @param busyMedian from the first refusal to the commit, in microseconds
	 * @param busy99 the 99th percentile of that
	 * @param busyLongest the longest
	 * @param commit99 the 99th percentile of all commits
	 * @param commitLongest the longest
	 */
	public record Contention(long commits, long busy, long busyMedian, long busy99, long busyLongest, long commit99,
			long commitLongest) {
	}

	public void closeDatabase() {
		send("close");
	}

	/**
	 * Sends a command without waiting for the answer.
	 */
	public void begin(String command) {
		try {
			this.commands.write(command);
			this.commands.newLine();
			this.commands.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String send(String command) {
		begin(command);
		return answer();
	}

	public String answer() {
		try {
			String line = this.answers.readLine();
			if (line == null || !line.startsWith("ok")) {
				throw new IllegalStateException("The writer answered " + line);
			}
			return (line.length() > 3) ? line.substring(3) : "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kills the process with SIGKILL.
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly();
		this.process.waitFor(60, TimeUnit.SECONDS);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
