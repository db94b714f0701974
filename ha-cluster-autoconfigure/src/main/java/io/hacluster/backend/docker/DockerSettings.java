package io.hacluster.backend.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which container to run, on which engine, and how. The texts for ports and volumes are
 * those of {@code docker run}.
 *
 * @param socket Unix socket of the engine
 * @param container name of the container
 * @param image image to create the container from; {@code null} to adopt a container of
 * that name as it is, in which case none of what follows up to the pull policy is used
 * except the stop timeout
 * @param pullPolicy when the image is pulled
 * @param command replaces the command of the image; empty for that of the image
 * @param user whom to run as, {@code uid[:gid]} or names; {@code null} for the user of
 * the image
 * @param ports {@code [address:]port:container-port[/udp]}
 * @param environment environment variables; their values are secrets
 * @param volumes {@code path-or-volume:container-path[:ro]}
 * @param network network to join; {@code null} for the engine's default
 * @param labels further labels
 * @param resources what the container may use
 * @param health health check of the container; {@code null} for that of the image
 * @param stopTimeout how long the container may take to stop before it is killed
 * @param autoRemove whether the container is removed when it has been stopped
 * @param callTimeout how long the engine may take to answer a question
 * @param startupTimeout how long it may take when the node starts, on a machine that may
 * be busy with everything else that starts; {@code callTimeout} at least
 * @param stateDirectory where what a guard needs is kept; made if absent
 */
public record DockerSettings(Path socket, String container, @Nullable String image, PullPolicy pullPolicy,
		List<String> command, @Nullable String user, List<String> ports, Map<String, String> environment,
		List<String> volumes, @Nullable String network, Map<String, String> labels, Resources resources,
		@Nullable HealthCheck health, Duration stopTimeout, boolean autoRemove, Duration callTimeout,
		Duration startupTimeout, Path stateDirectory) {

	/**
	 * Creates settings.
	 */
	public DockerSettings {
		command = List.copyOf(command);
		ports = List.copyOf(ports);
		environment = Map.copyOf(environment);
		volumes = List.copyOf(volumes);
		labels = Map.copyOf(labels);
	}

	/**
	 * Checks the settings as far as that is possible without an engine.
	 * @return these settings
	 * @throws InvalidDockerSettingsException if they cannot work or are not safe
	 */
	public DockerSettings check() {
		DockerSettingsCheck.check(this);
		return this;
	}

	/**
	 * Looks for a directory among the volumes.
	 * @param directory a directory of the host
	 * @return whether the container sees it, as far as can be told: where a named volume
	 * is kept is the engine's affair
	 */
	public boolean mounts(Path directory) {
		return this.volumes.stream()
			.map(VolumeSpec::parse)
			.anyMatch((volume) -> volume.isNamed()
					|| directory.toAbsolutePath().normalize().startsWith(Path.of(volume.source()).normalize()));
	}

	/**
	 * Leaves out what must not get into a log.
	 */
	@Override
	public String toString() {
		return "DockerSettings[socket=" + this.socket + ", container=" + this.container + ", image=" + this.image + "]";
	}

	/**
	 * When an image is pulled.
	 */
	public enum PullPolicy {

		/**
		 * Never: it has to be there.
		 */
		NEVER,

		/**
		 * When it is not there: at the start of the node, so that a failover does not
		 * wait for a registry.
		 */
		MISSING,

		/**
		 * Before each start of the container.
		 */
		ALWAYS

	}

	/**
	 * What a container may use; {@code null} for no limit.
	 *
	 * @param memory bytes of memory
	 * @param memorySwap bytes of memory and swap together
	 * @param cpus number of processors, 0.01 at least
	 * @param pids number of processes and threads
	 */
	public record Resources(@Nullable Long memory, @Nullable Long memorySwap, @Nullable Double cpus,
			@Nullable Long pids) {
	}

	/**
	 * A health check that the engine makes inside the container.
	 *
	 * @param command program and arguments; the one word {@code NONE} switches off the
	 * check of the image
	 * @param interval time between two checks, and before the first
	 * @param timeout how long a check may take
	 * @param startPeriod how long failures do not count after a start
	 * @param retries how many failures in a row make the container unhealthy
	 */
	public record HealthCheck(List<String> command, Duration interval, Duration timeout, Duration startPeriod,
			int retries) {

		/**
		 * Creates a check.
		 */
		public HealthCheck {
			command = List.copyOf(command);
		}

	}

}
