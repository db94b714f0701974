package io.hacluster.backend.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.backend.docker.DockerSettings.HealthCheck;
import io.hacluster.backend.docker.DockerSettings.PullPolicy;
import io.hacluster.backend.docker.DockerSettings.Resources;

/**
 * Settings of containers for tests, changed one by one.
 */
final class DockerFixture {

	/** Ends as soon as it is asked to. */
	static final String IDLE = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.1; done";

	/** Has to be killed. */
	static final String STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.1; done";

	Path socket;

	Path stateDirectory;

	String container = "backend";

	@Nullable String image = "test";

	PullPolicy pullPolicy = PullPolicy.NEVER;

	List<String> command = shell(IDLE);

	@Nullable String user;

	List<String> ports = List.of();

	Map<String, String> environment = Map.of();

	List<String> volumes = List.of();

	@Nullable String network;

	Map<String, String> labels = Map.of();

	Resources resources = new Resources(null, null, null, null);

	@Nullable HealthCheck health;

	Duration stopTimeout = Duration.ofSeconds(10);

	boolean autoRemove;

	Duration callTimeout = Duration.ofSeconds(20);

	Duration startupTimeout = Duration.ofSeconds(20);

	DockerFixture(Path socket, Path stateDirectory) {
		this.socket = socket;
		this.stateDirectory = stateDirectory;
	}

	static List<String> shell(String text) {
		return new ArrayList<>(List.of("/bin/sh", "-c", text));
	}

	DockerSettings settings() {
		return new DockerSettings(this.socket, this.container, this.image, this.pullPolicy, this.command, this.user,
				this.ports, this.environment, this.volumes, this.network, this.labels, this.resources, this.health,
				this.stopTimeout, this.autoRemove, this.callTimeout, this.startupTimeout, this.stateDirectory);
	}

}
