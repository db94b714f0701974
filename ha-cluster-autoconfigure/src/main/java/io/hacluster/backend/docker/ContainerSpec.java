package io.hacluster.backend.docker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.SELContext;
import com.github.dockerjava.api.model.Volume;

import io.hacluster.NodeIdentity;

/**
 * The container as the configuration wants it.
 */
final class ContainerSpec {

	/** What tells a container with one configuration from that with another. */
	static final String CONFIG_LABEL = "io.hacluster.config";

	/** Whose container it is. */
	static final String OWNER_LABEL = "io.hacluster.owner";

	private static final long NANO = 1_000_000_000;

	private final DockerSettings settings;

	private final String owner;

	ContainerSpec(DockerSettings settings, NodeIdentity identity) {
		this.settings = settings;
		this.owner = identity.cluster() + "/" + identity.nodeId();
	}

	String owner() {
		return this.owner;
	}

	/**
	 * Fills in a command that creates the container. Its restart policy is always "no":
	 * an engine that restarts would otherwise start it on a follower.
	 */
	CreateContainerCmd apply(CreateContainerCmd command) {
		List<PortBinding> ports = this.settings.ports()
			.stream()
			.map(PortSpec::parse)
			.map(ContainerSpec::portBinding)
			.toList();
		Map<String, String> labels = new HashMap<>(this.settings.labels());
		labels.put(CONFIG_LABEL, hash());
		labels.put(OWNER_LABEL, this.owner);
		command.withName(this.settings.container())
			.withEnv(this.settings.environment()
				.entrySet()
				.stream()
				.map((entry) -> entry.getKey() + "=" + entry.getValue())
				.toList())
			.withLabels(labels)
			.withExposedPorts(ports.stream().map(PortBinding::getExposedPort).toList())
			.withStopTimeout(Math.toIntExact(Math.max(1, this.settings.stopTimeout().toSeconds())))
			.withHostConfig(hostConfig(ports));
		if (!this.settings.command().isEmpty()) {
			command.withCmd(this.settings.command());
		}
		if (this.settings.user() != null) {
			command.withUser(this.settings.user());
		}
		DockerSettings.HealthCheck health = this.settings.health();
		if (health != null) {
			command.withHealthcheck(healthCheck(health));
		}
		return command;
	}

	private HostConfig hostConfig(List<PortBinding> ports) {
		List<VolumeSpec> volumes = this.settings.volumes().stream().map(VolumeSpec::parse).toList();
		HostConfig config = HostConfig.newHostConfig()
			.withRestartPolicy(RestartPolicy.noRestart())
			.withPortBindings(ports)
			.withMounts(volumes.stream().filter((it) -> !it.isLabelled()).map(ContainerSpec::mount).toList())
			.withBinds(volumes.stream().filter(VolumeSpec::isLabelled).map(ContainerSpec::bind).toList());
		DockerSettings.Resources resources = this.settings.resources();
		if (this.settings.network() != null) {
			config.withNetworkMode(this.settings.network());
		}
		if (resources.memory() != null) {
			config.withMemory(resources.memory());
		}
		if (resources.memorySwap() != null) {
			config.withMemorySwap(resources.memorySwap());
		}
		if (resources.cpus() != null) {
			config.withNanoCPUs(Math.round(resources.cpus() * NANO));
		}
		if (resources.pids() != null) {
			config.withPidsLimit(resources.pids());
		}
		return config;
	}

	private static PortBinding portBinding(PortSpec port) {
		return new PortBinding(
				new Ports.Binding(port.address().isEmpty() ? null : port.address(), Integer.toString(port.port())),
				new ExposedPort(port.containerPort(), InternetProtocol.parse(port.protocol())));
	}

	/**
	 * Returns a mount, whose source must exist. A bind would have the engine create a
	 * missing directory, and the backend begin with an empty database in it.
	 */
	private static Mount mount(VolumeSpec volume) {
		return new Mount().withType(volume.isNamed() ? MountType.VOLUME : MountType.BIND)
			.withSource(volume.source())
			.withTarget(volume.target())
			.withReadOnly(volume.isReadOnly());
	}

	/**
	 * Returns a bind, because mounts know no labels of SELinux.
	 */
	private static Bind bind(VolumeSpec volume) {
		return new Bind(volume.source(), new Volume(volume.target()),
				volume.isReadOnly() ? AccessMode.ro : AccessMode.rw,
				volume.options().contains("Z") ? SELContext.single : SELContext.shared);
	}

	private static HealthCheck healthCheck(DockerSettings.HealthCheck health) {
		if (health.command().equals(List.of("NONE"))) {
			return new HealthCheck().withTest(health.command());
		}
		List<String> test = new ArrayList<>(List.of("CMD"));
		test.addAll(health.command());
		return new HealthCheck().withTest(test)
			.withInterval(health.interval().toNanos())
			.withTimeout(health.timeout().toNanos())
			.withStartPeriod(health.startPeriod().toNanos())
			.withRetries(health.retries());
	}

	/**
	 * Returns what changes when the container would be another one. A digest, because the
	 * environment is secret.
	 */
	String hash() {
		DockerSettings settings = this.settings;
		Duration stop = settings.stopTimeout();
		String text = String.join("\0", String.valueOf(settings.image()), settings.command().toString(),
				String.valueOf(settings.user()), settings.ports().toString(),
				new TreeMap<>(settings.environment()).toString(), settings.volumes().toString(),
				String.valueOf(settings.network()), new TreeMap<>(settings.labels()).toString(),
				settings.resources().toString(), String.valueOf(settings.health()), stop.toString());
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
