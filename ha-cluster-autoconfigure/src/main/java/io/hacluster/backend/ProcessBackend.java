package io.hacluster.backend;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendHealth.Status;

/**
 * A backend that is a process of this machine, in a process group of its own.
 * <p>
 * Stopping signals the whole group, kills what is left after the timeout, and returns
 * when none of it runs any more; an interrupted stop kills at once. The group does not
 * outlive this JVM, nor the lease if that is told: a {@link LeaseGuard} kills it. Should
 * both be killed at the same moment, the next life of the node stops the group by the
 * record in the state directory. A process that leaves the session of its own accord is
 * out of reach.
 */
public final class ProcessBackend implements ExitAwareBackend, LeaseBoundBackend {

	private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

	private static final Logger log = LoggerFactory.getLogger(ProcessBackend.class);

	private final String label;

	private final ProcessSettings settings;

	private final Path recordFile;

	private final ProcessSignals signals = new ProcessSignals();

	private final ProcessTable table = new ProcessTable();

	private final LeaseGuard guard;

	private volatile @Nullable BackendProcess current;

	private volatile Consumer<String> exitListener = (detail) -> {
	};

	/**
	 * Creates a backend. Nothing is started, and nothing on disk is touched.
	 * @param identity leads each log line
	 * @param settings how to run it
	 */
	public ProcessBackend(NodeIdentity identity, ProcessSettings settings) {
		this.label = identity.toString();
		this.settings = settings;
		this.guard = new LeaseGuard(identity);
		this.recordFile = settings.stateDirectory().resolve("backend.process");
	}

	/**
	 * Checks that this machine has what a process and its guard need.
	 * @throws BackendException if it has not, naming what is missing
	 */
	public void check() {
		Programs.newSession();
		Programs.shell();
	}

	/**
	 * {@inheritDoc}
	 * @throws BackendException if the command or the directory does not exist or the
	 * process cannot be made
	 */
	@Override
	public synchronized void start(Duration timeout) throws InterruptedException {
		BackendProcess running = this.current;
		if (running != null && running.isStarted() && !running.hasExited()) {
			return;
		}
		stop(Duration.ZERO);
		BackendProcess process = new BackendProcess(this.label, this.settings, this.recordFile, this.signals,
				this.table, this.guard, this::exited);
		process.launch();
		this.current = process;
		try {
			ProcessGroup group = process.awaitStarted(timeout);
			log.info("[{}] Started the backend as process {}", this.label, group.id());
		}
		catch (TimeoutException ex) {
			throw new BackendException("The backend process could not be made within " + timeout, ex);
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Also stops what a former life of this node has left running.
	 */
	@Override
	public synchronized void stop(Duration timeout) {
		BackendProcess process = this.current;
		if (process == null) {
			stopFormerLife(timeout);
			return;
		}
		process.expectEnd();
		ProcessGroup group = awaitGroup(process);
		if (group != null) {
			end(group, timeout);
		}
		process.releaseGuard();
		ProcessRecord.delete(this.recordFile);
		this.current = null;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * If this is never called, the process is bound to the life of this JVM alone.
	 */
	@Override
	public void prolong(Supplier<Duration> remaining) {
		this.guard.prolong(remaining);
	}

	@Override
	public BackendHealth health() {
		BackendProcess process = this.current;
		if (process == null) {
			return new BackendHealth(Status.STOPPED, "not started");
		}
		if (process.hasFailedToStart()) {
			return new BackendHealth(Status.STOPPED, "could not be started");
		}
		if (process.hasExited()) {
			return new BackendHealth(Status.STOPPED, process.describeExit());
		}
		if (!process.isStarted()) {
			return new BackendHealth(Status.DOWN, "is being started");
		}
		return new BackendHealth(Status.UP, "runs");
	}

	@Override
	public void onUnexpectedExit(Consumer<String> listener) {
		this.exitListener = listener;
	}

	private void exited(String detail) {
		log.warn("[{}] The backend {}", this.label, detail);
		this.exitListener.accept(detail);
	}

	private void stopFormerLife(Duration timeout) {
		Optional<ProcessRecord> record = ProcessRecord.read(this.recordFile);
		if (record.isPresent() && record.get().isAlive(this.table)) {
			ProcessGroup group = new ProcessGroup(record.get().group(), this.signals, this.table);
			log.warn("[{}] Stopping the backend that a former life of this node left running as process group {}",
					this.label, group.id());
			end(group, timeout);
		}
		ProcessRecord.delete(this.recordFile);
	}

	private @Nullable ProcessGroup awaitGroup(BackendProcess process) {
		boolean interrupted = Thread.interrupted();
		try {
			return process.awaitStarted(KILL_TIMEOUT);
		}
		catch (InterruptedException ex) {
			interrupted = true;
			throw new BackendException("The backend is still being started, so it may be running", ex);
		}
		catch (TimeoutException ex) {
			throw new BackendException("The backend is still being started, so it may be running", ex);
		}
		catch (BackendException ex) {
			// It never ran.
			return null;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void end(ProcessGroup group, Duration timeout) {
		if (!group.isAlive()) {
			return;
		}
		boolean interrupted = false;
		try {
			if (!timeout.isZero()) {
				group.signal(this.settings.stopSignal());
				if (group.awaitEnd(timeout)) {
					log.info("[{}] The backend has stopped", this.label);
					return;
				}
				log.warn("[{}] The backend has not stopped within {} ms of SIG{} and is killed", this.label,
						timeout.toMillis(), this.settings.stopSignal());
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
			log.warn("[{}] There is no more time for the backend to stop by itself, and it is killed", this.label);
		}
		try {
			if (!group.kill(KILL_TIMEOUT)) {
				throw new BackendException("The processes of group " + group.id()
						+ " have been killed but have not ended, so the backend may still be running");
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
