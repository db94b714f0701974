package io.hacluster.backend.systemd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.hacluster.backend.BackendException;

/**
 * Runs the programs of systemd: without a shell, in the C locale, without a terminal, and
 * never for longer than allowed. Thread-safe.
 */
final class Tools {

	/**
	 * Of what a program writes, no more than this is kept.
	 */
	private static final int MAX_OUTPUT = 1024 * 1024;

	private static final Duration LAST_OUTPUT = Duration.ofSeconds(1);

	private final List<String> prefix;

	/**
	 * Creates a runner.
	 * @param prefix stands before each program; empty but for tests, where it takes the
	 * program into a container
	 */
	Tools(List<String> prefix) {
		this.prefix = List.copyOf(prefix);
	}

	/**
	 * Runs a program to its end, or ends it.
	 * @param timeout how long it may take
	 * @param command the program and its arguments
	 * @throws BackendException if it cannot be executed
	 * @throws InterruptedException if interrupted; the program has been ended then
	 */
	ToolResult run(Duration timeout, List<String> command) throws InterruptedException {
		Process process = start(command);
		try {
			process.getOutputStream().close();
			CompletableFuture<String> output = read(process.getInputStream());
			CompletableFuture<String> error = read(process.getErrorStream());
			if (!process.waitFor(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS)) {
				return new ToolResult(ToolResult.TIMED_OUT, "", "");
			}
			return new ToolResult(process.exitValue(), text(output), text(error));
		}
		catch (IOException ex) {
			throw new BackendException("'" + command.get(0) + "' cannot be run: " + ex.getMessage(), ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private Process start(List<String> command) {
		List<String> all = new ArrayList<>(this.prefix);
		all.addAll(command);
		ProcessBuilder builder = new ProcessBuilder(all);
		Map<String, String> environment = builder.environment();
		environment.put("LC_ALL", "C.UTF-8");
		environment.put("TZ", "UTC");
		environment.put("SYSTEMD_COLORS", "0");
		environment.put("SYSTEMD_URLIFY", "0");
		environment.remove("NOTIFY_SOCKET");
		try {
			return builder.start();
		}
		catch (IOException ex) {
			throw new BackendException("'" + command.get(0) + "' cannot be executed: " + ex.getMessage(), ex);
		}
	}

	private static CompletableFuture<String> read(InputStream source) {
		CompletableFuture<String> text = new CompletableFuture<>();
		Thread reader = new Thread(() -> {
			try (source) {
				text.complete(new String(source.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8));
				source.transferTo(OutputStream.nullOutputStream());
			}
			catch (IOException ex) {
				text.complete("");
			}
		}, "ha-systemd-output");
		reader.setDaemon(true);
		reader.start();
		return text;
	}

	private static String text(CompletableFuture<String> text) throws InterruptedException {
		try {
			return text.get(LAST_OUTPUT.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			return "";
		}
	}

}
