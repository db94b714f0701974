package io.hacluster.autoconfigure;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

import io.hacluster.backend.docker.DockerSettings;
import io.hacluster.backend.docker.InvalidDockerSettingsException;

/**
 * Makes the settings of a container out of the properties, and refuses those that cannot
 * work or are not safe.
 */
final class DockerSettingsFactory {

	private static final String PREFIX = "backend.docker.";

	private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(10);

	private final HaClusterProperties properties;

	private final DockerProperties docker;

	DockerSettingsFactory(HaClusterProperties properties) {
		this.properties = properties;
		this.docker = properties.backend().docker();
	}

	/**
	 * Creates the settings.
	 * @param stateDirectory used where none is configured
	 */
	DockerSettings create(Path stateDirectory) {
		String container = this.docker.container();
		if (container == null || container.isBlank()) {
			throw invalid("container", container,
					"It must name the container to run where 'ha.cluster.backend.type' is 'docker'");
		}
		if (!"no".equals(this.docker.restartPolicy())) {
			throw invalid("restart-policy", this.docker.restartPolicy(),
					"It must be 'no': an engine that restarts the container by itself, after a reboot for instance, "
							+ "runs it on a node that does not lead. The leader restarts it when it fails");
		}
		DockerProperties.Resources resources = this.docker.resources();
		DockerProperties.Health health = this.docker.health();
		String directory = this.docker.stateDirectory();
		DockerSettings settings = new DockerSettings(socket(), container, this.docker.image(), this.docker.pullPolicy(),
				this.docker.command(), this.docker.user(), this.docker.ports(), this.docker.environment(),
				this.docker.volumes(), this.docker.network(), this.docker.labels(),
				new DockerSettings.Resources(bytes(resources.memory()), bytes(resources.memorySwap()), resources.cpus(),
						resources.pids()),
				health.command().isEmpty() ? null
						: new DockerSettings.HealthCheck(health.command(), health.interval(), health.timeout(),
								health.startPeriod(), health.retries()),
				this.docker.stopTimeout(), this.docker.autoRemove(), this.properties.backend().health().timeout(),
				startupTimeout(), (directory != null) ? Path.of(directory) : stateDirectory);
		try {
			settings.check();
		}
		catch (InvalidDockerSettingsException ex) {
			throw invalid(ex.setting(), null, Objects.requireNonNull(ex.getMessage()));
		}
		requireDatabase(settings);
		return settings;
	}

	/**
	 * Only an engine on this machine will do: the database is a file of this machine, and
	 * when this JVM stands still, the container is killed from this machine, which could
	 * be cut off from any other.
	 */
	private Path socket() {
		try {
			URI host = URI.create(this.docker.host());
			if ("unix".equals(host.getScheme()) && host.getAuthority() == null && host.getPath() != null
					&& host.getPath().length() > 1) {
				return Path.of(host.getPath());
			}
		}
		catch (IllegalArgumentException ex) {
			// Refused below.
		}
		throw invalid("host", this.docker.host(),
				"It must be a Unix socket, such as unix:///var/run/docker.sock: the engine has to be on this machine");
	}

	private Duration startupTimeout() {
		Duration start = this.properties.backend().startTimeout();
		Duration usual = this.properties.backend().health().timeout();
		Duration bounded = (start.compareTo(STARTUP_TIMEOUT) < 0) ? start : STARTUP_TIMEOUT;
		return (bounded.compareTo(usual) < 0) ? usual : bounded;
	}

	/**
	 * A container that does not see the database of this node would run on one of its
	 * own, and nothing of it would be replicated.
	 */
	private void requireDatabase(DockerSettings settings) {
		String path = this.properties.sqlite().path();
		if (path == null || path.isBlank() || settings.image() == null) {
			return;
		}
		Path database = Path.of(path).toAbsolutePath().normalize();
		if (!settings.mounts(Objects.requireNonNull(database.getParent()))) {
			throw invalid("volumes", this.docker.volumes(),
					"None of them is or contains " + database.getParent()
							+ ", the directory of 'ha.cluster.sqlite.path', so the backend would not see the database."
							+ " The directory has to be mounted, not the file: its write-ahead log lies beside it");
		}
	}

	private static @Nullable Long bytes(@Nullable DataSize size) {
		return (size != null) ? size.toBytes() : null;
	}

	private static InvalidConfigurationPropertyValueException invalid(String setting, @Nullable Object value,
			String reason) {
		return HaClusterPropertiesValidator.invalid(PREFIX + setting, value, reason);
	}

}
