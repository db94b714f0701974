package io.hacluster.backend;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Ticker;

/**
 * One life of a backend process. The thread that starts it also waits for its end: the
 * kernel's parent-death signal is bound to the thread that made the child, not to the
 * JVM.
 */
final class BackendProcess {

	private static final Duration OUTPUT_GRACE = Duration.ofMillis(300);

	/**
	 * What systemd says to this process and nobody else, see sd_notify(3): a backend that
	 * says it is ready, or alive, would speak for its manager.
	 */
	static final Set<String> OURS_ALONE = Set.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID");

	private static final Logger log = LoggerFactory.getLogger(BackendProcess.class);

	private final String label;

	private final ProcessSettings settings;

	private final Path recordFile;

	private final ProcessSignals signals;

	private final ProcessTable table;

	private final LeaseGuard guard;

	private final Consumer<String> unexpectedExit;

	private final CompletableFuture<ProcessGroup> started = new CompletableFuture<>();

	private final CompletableFuture<Integer> exit = new CompletableFuture<>();

	private volatile boolean stopping;

	private boolean released;

	private volatile @Nullable OutputPump output;

	BackendProcess(String label, ProcessSettings settings, Path recordFile, ProcessSignals signals, ProcessTable table,
			LeaseGuard guard, Consumer<String> unexpectedExit) {
		this.label = label;
		this.settings = settings;
		this.recordFile = recordFile;
		this.signals = signals;
		this.table = table;
		this.guard = guard;
		this.unexpectedExit = unexpectedExit;
	}

	/**
	 * Begins the life.
	 * @throws BackendException if the command cannot be executed
	 */
	void launch() {
		String token = UUID.randomUUID().toString();
		Map<String, String> environment = new HashMap<>(System.getenv());
		environment.keySet().removeAll(OURS_ALONE);
		environment.putAll(this.settings.environment());
		environment.put(ProcessRecord.VARIABLE, token);
		List<String> command = LaunchCommand.backend(this.settings, environment);
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().keySet().retainAll(environment.keySet());
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
	 * Ends the guard of this life, unless that has been done before: the guard may be
	 * that of the next life by now. To be called when the group has ended, and no sooner.
	 */
	synchronized void releaseGuard() {
		if (!this.released) {
			this.released = true;
			this.guard.release();
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
			releaseGuard();
			this.exit.complete(-1);
			this.started.completeExceptionally(ex);
			return;
		}
		int code = awaitExit(process);
		if (!this.started.join().isAlive()) {
			// The system may give the number of a group that has ended to another.
			releaseGuard();
		}
		this.exit.complete(code);
		if (!this.stopping) {
			this.unexpectedExit.accept(describeExit());
		}
	}

	private Process begin(ProcessBuilder builder, String token) throws IOException {
		// Not a pipe of our own: the JDK closes its end when the first process of the
		// group ends, and those that still have something to close and say would be
		// killed by
		// it.
		List<Process> pipeline = ProcessBuilder.startPipeline(List.of(builder, LaunchCommand.relay()));
		Process process = pipeline.get(0);
		try {
			ProcessGroup group = new ProcessGroup(process.pid(), this.signals, this.table);
			String startTime = this.table.startTime(group.id()).orElse("");
			new ProcessRecord(group.id(), startTime, this.table.bootId(), token).write(this.recordFile);
			this.guard.engage(LaunchCommand.kill(group.id(), startTime));
			OutputPump pump = pump(pipeline.get(1).getInputStream());
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

	private OutputPump pump(InputStream source) {
		String threadName = "ha-output-" + this.settings.name();
		Path file = this.settings.logFile();
		return (file != null) ? OutputPump.into(new OutputFile(this.label, file, Ticker.SYSTEM), threadName, source)
				: OutputPump.into(LoggerFactory.getLogger("ha.backend." + this.settings.name()), threadName, source);
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

}
