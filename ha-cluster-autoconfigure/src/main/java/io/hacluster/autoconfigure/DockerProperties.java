package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.hacluster.backend.docker.DockerSettings.PullPolicy;

/**
 * The container to run, below {@code ha.cluster.backend.docker}.
 *
 * @param host Unix socket of the engine, which has to be on this machine.
 * @param container Name of the container. Required for the type "docker".
 * @param image Image to make the container from. Without one, the container of that name
 * has to be there and is run as it is; the properties from "command" to "resources",
 * "health" and "auto-remove" are then refused.
 * @param pullPolicy When the image is pulled.
 * @param command Program and arguments to run. Falls back to those of the image.
 * @param user User to run as, "uid[:gid]" or names. Falls back to that of the image.
 * @param ports Ports to publish, as for "docker run":
 * "[address:]port:container-port[/udp]".
 * @param environment Environment variables.
 * @param volumes Directories and volumes to mount, as for "docker run":
 * "path-or-volume:container-path[:ro]"; also "z" and "Z" for SELinux. The directory of
 * the database must be among them. A path has to exist, except with "z" or "Z".
 * @param network Network to join. Falls back to that of the engine.
 * @param labels Further labels.
 * @param restartPolicy Only "no": the engine must not start the container on a node that
 * does not lead.
 * @param stopTimeout How long the container may take to stop before it is killed; not
 * longer than the stop timeout of the backend.
 * @param resources What the container may use.
 * @param health Health check that the engine makes in the container.
 * @param autoRemove Whether the container is removed when it has been stopped, with its
 * anonymous volumes.
 * @param stateDirectory Directory for the record of the running container, and for what
 * kills it if this application cannot. Falls back to the path of the database and "-ha",
 * or without a database to a directory in that of the application.
 */
public record DockerProperties(@DefaultValue("unix:///var/run/docker.sock") String host, @Nullable String container,
		@Nullable String image, @DefaultValue("missing") PullPolicy pullPolicy, @DefaultValue List<String> command,
		@Nullable String user, @DefaultValue List<String> ports, @DefaultValue Map<String, String> environment,
		@DefaultValue List<String> volumes, @Nullable String network, @DefaultValue Map<String, String> labels,
		@DefaultValue("no") String restartPolicy, @DefaultValue("10s") Duration stopTimeout,
		@DefaultValue Resources resources, @DefaultValue Health health, @DefaultValue("false") boolean autoRemove,
		@Nullable String stateDirectory) {

	/**
	 * Leaves out what must not get into a log.
	 */
	@Override
	public String toString() {
		return "DockerProperties[host=" + this.host + ", container=" + this.container + ", image=" + this.image + "]";
	}

	/**
	 * What the container may use.
	 *
	 * @param memory Memory. At least 6MB.
	 * @param memorySwap Memory and swap together; the same as the memory for no swap.
	 * @param cpus Number of processors, such as 1.5.
	 * @param pids Number of processes and threads.
	 */
	public record Resources(@Nullable DataSize memory, @Nullable DataSize memorySwap, @Nullable Double cpus,
			@Nullable Long pids) {
	}

	/**
	 * A health check that the engine makes in the container.
	 *
	 * @param command Program and arguments that exit with 0 when the backend is healthy;
	 * "NONE" for no check. Falls back to that of the image.
	 * @param interval Time between two checks, and before the first.
	 * @param timeout How long a check may take.
	 * @param startPeriod How long after a start failures do not count.
	 * @param retries How many failures in a row make the container unhealthy.
	 */
	public record Health(@DefaultValue List<String> command, @DefaultValue("1s") Duration interval,
			@DefaultValue("3s") Duration timeout, @DefaultValue("0s") Duration startPeriod,
			@DefaultValue("3") int retries) {
	}

}
