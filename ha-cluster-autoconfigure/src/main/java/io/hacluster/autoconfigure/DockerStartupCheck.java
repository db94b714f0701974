package io.hacluster.autoconfigure;

import java.time.Duration;

import io.hacluster.backend.BackendException;
import io.hacluster.backend.docker.DockerBackend;
import io.hacluster.backend.docker.EngineUnavailableException;

/**
 * Looks whether this node could run its container, and pulls the image if need be, so
 * that a failover does not have to.
 */
final class DockerStartupCheck implements StartupCheck {

	private final DockerBackend backend;

	private final Duration timeout;

	/**
	 * Creates a check.
	 * @param timeout for pulling the image
	 */
	DockerStartupCheck(DockerBackend backend, Duration timeout) {
		this.backend = backend;
		this.timeout = timeout;
	}

	@Override
	public void run() {
		try {
			this.backend.verify(this.timeout);
		}
		catch (EngineUnavailableException ex) {
			throw new StartupCheckException(ex.getMessage() + ".",
					"Start the Docker engine before this node (with systemd: Wants= and After=docker.service), let the "
							+ "user of this application use its socket, or correct 'ha.cluster.backend.docker.host'.",
					ex);
		}
		catch (BackendException ex) {
			throw new StartupCheckException("The container of this node cannot be run. " + ex.getMessage() + ".",
					"Correct 'ha.cluster.backend.docker', or what it names on this machine.", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StartupCheckException("The start was interrupted.", "Start the application again.", ex);
		}
	}

}
