package io.hacluster.backend.docker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.github.dockerjava.api.exception.NotModifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.backend.ExitAwareBackend;
import io.hacluster.backend.LeaseBoundBackend;
import io.hacluster.backend.LeaseGuard;

/**
 * A backend that is a Docker container on this machine.
 * <p>
 * With an image configured, the container is created, and created anew when its
 * configuration or image has changed; a container of that name which this node has not
 * made is refused. Without an image, the container of that name is run as it is. While
 * the node does not lead, the container exists at most, and does not run: its restart
 * policy is "no", because the engine knows nothing of leases.
 * <p>
 * The container does not outlive this JVM or the lease: a {@link LeaseGuard} kills it,
 * through the engine or, where the user may, directly.
 */
public final class DockerBackend implements ExitAwareBackend, LeaseBoundBackend, AutoCloseable {

	private static final Duration END_TIMEOUT = Duration.ofSeconds(1);

	private static final Logger log = LoggerFactory.getLogger(DockerBackend.class);

	private final Clock clock;

	private final String label;

	private final String cluster;

	private final DockerSettings settings;

	private final Engine engine;

	private final Engine startingEngine;

	private final ContainerStop stop;

	private final ContainerSetup setup;

	private final ContainerSetup startup;

	private final StateDirectory state;

	private final LeaseGuard guard;

	private volatile @Nullable ContainerWatch watch;

	private volatile Consumer<String> exitListener = (detail) -> {
	};

	private @Nullable ContainerRecord current;

	private boolean knownStopped;

	/**
	 * Creates a backend. Neither the engine nor the disk is touched.
	 * @param identity leads each log line, and owns the container
	 * @param settings how to run it
	 * @param clock that of this machine, which is the engine's too
	 */
	public DockerBackend(NodeIdentity identity, DockerSettings settings, Clock clock) {
		this.clock = clock;
		this.label = identity.toString();
		this.cluster = identity.cluster();
		this.settings = settings;
		this.engine = new Engine(identity.cluster(), settings, settings.callTimeout());
		this.startingEngine = new Engine(identity.cluster(), settings, settings.startupTimeout());
		this.stop = new ContainerStop(this.label, this.engine, settings.stopTimeout());
		ContainerSpec spec = new ContainerSpec(settings, identity);
		this.setup = new ContainerSetup(this.label, settings, this.engine, spec, this.stop);
		this.startup = new ContainerSetup(this.label, settings, this.startingEngine, spec, this.stop);
		this.state = new StateDirectory(settings.stateDirectory());
		this.guard = new LeaseGuard(identity);
	}

	/**
	 * Checks whether a start could succeed, and pulls the image if that is to be done, so
	 * that a failover does not wait for it.
	 * @param timeout for pulling the image
	 * @throws EngineUnavailableException if the engine cannot be asked
	 * @throws BackendException if a start would fail
	 */
	public void verify(Duration timeout) throws InterruptedException {
		this.startup.verify(timeout);
	}

	/**
	 * {@inheritDoc}
	 * @throws BackendException if the engine cannot be asked, or the container not be
	 * made or started
	 */
	@Override
	public synchronized void start(Duration timeout) throws InterruptedException {
		ContainerWatch watching = this.watch;
		if (watching != null && watching.isWatching() && isRunning(watching.container())) {
			return;
		}
		stop(Duration.ZERO);
		Deadline deadline = new Deadline(timeout);
		String id = prepare(deadline);
		this.state.prepare();
		ContainerRecord starting = new ContainerRecord(id, 0);
		starting.write(this.state.record());
		this.guard.engage(this.state.killCommand(this.settings.socket(), id));
		this.current = starting;
		Instant since = this.clock.instant();
		run(id, deadline);
		ContainerRecord record = new ContainerRecord(id,
				this.engine.inspect(id).map(ContainerState::new).map(ContainerState::pid).orElse(0L));
		this.current = record;
		record.write(this.state.record());
		ContainerWatch next = new ContainerWatch(this.label, this.cluster, this.engine, record,
				new ContainerEnd(this.engine, since), this::exited);
		this.watch = next;
		next.start();
		log.info("[{}] Started the container {} ({})", this.label, this.settings.container(), id.substring(0, 12));
	}

	private String prepare(Deadline deadline) throws InterruptedException {
		try {
			return this.setup.prepare(deadline).id();
		}
		catch (BackendException ex) {
			// An engine that answers may have shown a container that somebody else has
			// started, and that could not be stopped.
			this.knownStopped &= ex instanceof EngineUnavailableException;
			throw ex;
		}
	}

	private boolean isRunning(String id) throws InterruptedException {
		return this.engine.inspect(id).map(ContainerState::new).map(ContainerState::isRunning).orElse(false);
	}

	private void run(String id, Deadline deadline) throws InterruptedException {
		this.engine.call(deadline.left(), (docker) -> {
			try {
				return docker.startContainerCmd(id).exec();
			}
			catch (NotModifiedException ex) {
				throw new BackendException("The container was started by somebody else at the same moment", ex);
			}
		});
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Also stops what a former life of this node, or somebody else, has left running.
	 * Once the container is known not to run, the engine is not asked again before the
	 * next start: a step-down that is tried once more must not fail because of an engine
	 * that does not answer.
	 */
	@Override
	public synchronized void stop(Duration timeout) {
		ContainerWatch watching = this.watch;
		if (watching != null) {
			watching.close();
		}
		ContainerRecord running = this.current;
		if (running != null) {
			this.stop.stop(running.container(), running.isVisible(), timeout);
		}
		else if (!this.knownStopped) {
			stopFormerLife(timeout);
		}
		this.guard.release();
		ContainerRecord.delete(this.state.record());
		this.watch = null;
		this.current = null;
		this.knownStopped = true;
		if (running != null && this.settings.autoRemove()) {
			this.setup.removeQuietly(running.container());
		}
	}

	private void stopFormerLife(Duration timeout) {
		boolean interrupted = Thread.interrupted();
		try {
			Optional<ContainerState> found = this.startup.find().filter(ContainerState::isRunning);
			if (found.isPresent()) {
				log.warn("[{}] Stopping the container {}, which runs although this node has not started it", this.label,
						this.settings.container());
				this.stop.stop(found.get().id(), found.get().isVisible(), interrupted ? Duration.ZERO : timeout);
			}
		}
		catch (EngineUnavailableException ex) {
			stopRecorded(ex);
		}
		catch (InterruptedException ex) {
			interrupted = true;
			throw new BackendException("The container may be running: there was no time to ask the engine", ex);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Without an engine, what this node has written down is all there is.
	 */
	private void stopRecorded(EngineUnavailableException unavailable) {
		ContainerRecord record = ContainerRecord.read(this.state.record())
			.filter(ContainerRecord::isVisible)
			.orElseThrow(() -> unavailable);
		if (!ContainerKill.processes(record.container()).isEmpty()) {
			log.warn("[{}] Stopping the container that a former life of this node left running, without the engine",
					this.label);
			this.stop.stop(record.container(), true, Duration.ZERO);
		}
	}

	@Override
	public BackendHealth health() {
		ContainerWatch watching = this.watch;
		if (watching == null) {
			return new BackendHealth(Status.STOPPED, "not started");
		}
		String end = watching.end();
		if (end != null) {
			return new BackendHealth(Status.STOPPED, end);
		}
		try {
			Optional<ContainerState> found = this.engine.inspect(watching.container()).map(ContainerState::new);
			if (found.isPresent() && found.get().isRunning()) {
				return found.get().health();
			}
			// It is about to say it better, with the last words of the container.
			end = watching.awaitEnd(END_TIMEOUT);
			return new BackendHealth(Status.STOPPED, (end != null) ? end
					: found.map(ContainerState::exit).orElse("has ended: its container was removed"));
		}
		catch (BackendException ex) {
			return new BackendHealth(Status.DOWN, String.valueOf(ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new BackendHealth(Status.DOWN, "was not asked to the end: interrupted");
		}
	}

	@Override
	public void prolong(Supplier<Duration> remaining) {
		this.guard.prolong(remaining);
	}

	@Override
	public void onUnexpectedExit(Consumer<String> listener) {
		this.exitListener = listener;
	}

	/**
	 * Closes the connections to the engine. The container is to be stopped before; what
	 * still runs is left to the guard.
	 */
	@Override
	public void close() {
		ContainerWatch watching = this.watch;
		if (watching != null) {
			watching.close();
		}
		this.engine.close();
		this.startingEngine.close();
	}

	private void exited(String detail) {
		String text = this.guard.hasFired() ? detail + "; the guard of the lease has killed it" : detail;
		log.warn("[{}] The container {}", this.label, text);
		this.exitListener.accept(text);
	}

}
