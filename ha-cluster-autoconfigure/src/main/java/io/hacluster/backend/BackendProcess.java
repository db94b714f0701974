package io.hacluster.backend;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a backend process. The thread that starts it also waits for its end: the
 * kernel's parent-death signal is bound to the thread that made the child, not to the
 * JVM.
 */
final class BackendProcess {

	private static final Duration OUTPUT_GRACE = Duration.ofMillis(300);

	private static final int MAX_GUARDS = 10;

	private static final Logger log = LoggerFactory.getLogger(BackendProcess.class);

	private final String label;

	private final ProcessSettings settings;

	private final Path recordFile;

	private final ProcessSignals signals;

	private final ProcessTable table;

	private final Consumer<String> unexpectedExit;

	private final CompletableFuture<ProcessGroup> started = new CompletableFuture<>();

	private final CompletableFuture<Integer> exit = new CompletableFuture<>();

	private final AtomicInteger guards = new AtomicInteger();

	private volatile boolean stopping;

	private volatile @Nullable ProcessGuard guard;

	private volatile @Nullable OutputPump output;

	BackendProcess(String label, ProcessSettings settings, Path recordFile, ProcessSignals signals, ProcessTable table,
			Consumer<String> unexpectedExit) {
		this.label = label;
		this.settings = settings;
		this.recordFile = recordFile;
		this.signals = signals;
		this.table = table;
		this.unexpectedExit = unexpectedExit;
	}

	/**
	 * Begins the life.
	 * @throws BackendException if the command cannot be executed
	 */
	void launch() {
		String token = UUID.randomUUID().toString();
		Map<String, String> environment = new HashMap<>(System.getenv());
		environment.putAll(this.settings.environment());
		environment.put(ProcessRecord.VARIABLE, token);
		List<String> command = LaunchCommand.backend(this.settings, environment);
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().putAll(environment);
		builder.directory((this.settings.directory() != null) ? new File(this.settings.directory().toString()) : null);
		Thread thread = new Thread(() -> live(builder, token), "ha-backend-" + this.settings.name());
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Waits until the command has been executed.
	 * @throws BackendException if that failed
	 * @throws TimeoutException if it took too long
	 */
	ProcessGroup awaitStarted(Duration timeout) throws InterruptedException, TimeoutException {
		try {
			return this.started.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw new BackendException("The backend process could not be started: " + ex.getCause(), ex.getCause());
		}
	}

	boolean isStarted() {
		return this.started.isDone() && !this.started.isCompletedExceptionally();
	}

	boolean hasFailedToStart() {
		return this.started.isCompletedExceptionally();
	}

	boolean hasExited() {
		return this.exit.isDone();
	}

	/**
	 * Announces that the end of the process will be no surprise.
	 */
	void expectEnd() {
		this.stopping = true;
	}

	/**
	 * Ends the guard. To be called when the group has ended, and no sooner.
	 */
	void releaseGuard() {
		this.stopping = true;
		ProcessGuard current = this.guard;
		if (current != null) {
			current.release();
		}
	}

	/**
	 * Returns how the process ended, with its last words.
	 */
	String describeExit() {
		int code = this.exit.getNow(-1);
		String text = "exited with code " + code + ((code > 128 && code < 160) ? " (signal " + (code - 128) + ")" : "");
		OutputPump pump = this.output;
		List<String> lines = (pump != null) ? pump.lastLines() : List.of();
		return lines.isEmpty() ? text + " without output" : text + "; last output: " + String.join(" | ", lines);
	}

	private void live(ProcessBuilder builder, String token) {
		Process process;
		try {
			process = begin(builder, token);
		}
		catch (IOException | RuntimeException ex) {
			this.exit.complete(-1);
			this.started.completeExceptionally(ex);
			releaseGuard();
			return;
		}
		int code = awaitExit(process);
		this.exit.complete(code);
		if (!this.stopping) {
			this.unexpectedExit.accept(describeExit());
		}
	}

	private Process begin(ProcessBuilder builder, String token) throws IOException {
		ProcessGuard first = ProcessGuard.start();
		this.guard = first;
		// Not a pipe of our own: the JDK closes its end when the first process of the
		// group
		// ends, and those that still have something to close and say would be killed by
		// it.
		List<Process> pipeline = ProcessBuilder.startPipeline(List.of(builder, LaunchCommand.relay()));
		Process process = pipeline.get(0);
		try {
			ProcessGroup group = new ProcessGroup(process.pid(), this.signals, this.table);
			new ProcessRecord(group.id(), this.table.startTime(group.id()).orElse(""), this.table.bootId(), token)
				.write(this.recordFile);
			first.watch(group.id());
			first.onEnd(() -> replaceGuard(group));
			OutputPump pump = new OutputPump("ha-output-" + this.settings.name(), pipeline.get(1).getInputStream(),
					LoggerFactory.getLogger("ha.backend." + this.settings.name()));
			this.output = pump;
			pump.start();
			try (OutputStream go = process.getOutputStream()) {
				go.write("go\n".getBytes(StandardCharsets.US_ASCII));
			}
			this.started.complete(group);
			return process;
		}
		catch (IOException | RuntimeException ex) {
			process.destroyForcibly();
			throw ex;
		}
	}

	private int awaitExit(Process process) {
		while (true) {
			try {
				int code = process.waitFor();
				OutputPump pump = this.output;
				if (pump != null) {
					pump.awaitEnd(OUTPUT_GRACE);
				}
				return code;
			}
			catch (InterruptedException ex) {
				// Nobody has a reason to: this thread must outlive the process.
				log.debug("[{}] Interrupted while waiting for the backend", this.label);
			}
		}
	}

	private void replaceGuard(ProcessGroup group) {
		if (this.stopping || !group.isAlive() || this.guards.incrementAndGet() > MAX_GUARDS) {
			return;
		}
		try {
			ProcessGuard next = ProcessGuard.start();
			next.watch(group.id());
			this.guard = next;
			next.onEnd(() -> replaceGuard(group));
			log.warn("[{}] The guard of the backend was killed, and has been replaced", this.label);
			if (this.stopping) {
				next.release();
			}
		}
		catch (IOException ex) {
			log.error("[{}] The guard of the backend was killed and cannot be replaced: the backend may outlive "
					+ "a killed manager until the manager is started again", this.label, ex);
		}
	}

}
