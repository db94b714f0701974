package io.hacluster.backend.docker;

import java.time.Duration;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.backend.BackendException;

/**
 * Stops a container: with the signal that it asks for, then with SIGKILL by the engine,
 * and where this user may, by a SIGKILL of our own to its processes, for which no engine
 * is needed.
 */
final class ContainerStop {

	private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration NOTICE_TIMEOUT = Duration.ofSeconds(1);

	private static final Logger log = LoggerFactory.getLogger(ContainerStop.class);

	private final String label;

	private final Engine engine;

	private final Duration longest;

	/**
	 * Creates a stop.
	 * @param longest how long any container is given to stop by itself
	 */
	ContainerStop(String label, Engine engine, Duration longest) {
		this.label = label;
		this.engine = engine;
		this.longest = longest;
	}

	/**
	 * Stops a container and returns when it does not run. An interrupt means that there
	 * is no more time.
	 * @param id the container
	 * @param visible whether its processes can be seen while it runs
	 * @param timeout how long it may take before it is killed
	 * @throws BackendException if it may still be running
	 */
	void stop(String id, boolean visible, Duration timeout) {
		boolean interrupted = Thread.interrupted();
		Duration grace = (timeout.compareTo(this.longest) < 0) ? timeout : this.longest;
		try {
			if (!interrupted && !grace.isZero() && !grace.isNegative() && stopGracefully(id, grace)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
			log.warn("[{}] There is no more time for the container to stop by itself, and it is killed", this.label);
		}
		try {
			kill(id, visible);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean stopGracefully(String id, Duration grace) throws InterruptedException {
		// The engine counts in seconds, and kills then. We may have less time.
		int seconds = Math.toIntExact(grace.plusMillis(999).toSeconds());
		try {
			this.engine.call(grace, (docker) -> {
				try {
					docker.stopContainerCmd(id).withTimeout(seconds).exec();
				}
				catch (NotModifiedException | NotFoundException ex) {
					// It does not run.
				}
				return true;
			});
			log.info("[{}] The container has stopped", this.label);
			return true;
		}
		catch (BackendException ex) {
			log.warn("[{}] The container has not stopped within {} ms and is killed: {}", this.label, grace.toMillis(),
					ex.getMessage());
			return false;
		}
	}

	private void kill(String id, boolean visible) {
		ContainerKill.killProcesses(id);
		boolean ended = visible && ContainerKill.processes(id).isEmpty();
		try {
			// If it has ended, this only lets the engine notice.
			this.engine.call(ended ? NOTICE_TIMEOUT : KILL_TIMEOUT, (docker) -> {
				try {
					docker.killContainerCmd(id).exec();
				}
				catch (ConflictException | NotFoundException ex) {
					// It does not run.
				}
				return true;
			});
		}
		catch (BackendException | InterruptedException ex) {
			if (!ended) {
				throw new BackendException(
						"The container may still be running: it could not be killed. " + ex.getMessage()
								+ ", and this application sees none of its processes, or may not kill them itself",
						ex);
			}
			log.warn("[{}] The container was killed without the engine: {}", this.label, ex.getMessage());
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
