package io.hacluster.backend.docker;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.hacluster.backend.docker.DockerSettings.HealthCheck;
import io.hacluster.backend.docker.DockerSettings.Resources;

/**
 * Refuses settings that the engine would refuse, and those with which it would not do
 * what was meant.
 */
final class DockerSettingsCheck {

	/** What the engine takes for a name. */
	private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

	/** What the engine asks for at least. */
	private static final long LEAST_MEMORY = 6L * 1024 * 1024;

	private static final Duration LEAST_INTERVAL = Duration.ofMillis(1);

	private DockerSettingsCheck() {
	}

	/**
	 * Makes the check.
	 * @throws InvalidDockerSettingsException naming the setting
	 */
	static void check(DockerSettings settings) {
		require(NAME.matcher(settings.container()).matches(), "container",
				"It must be two or more letters, digits, '_', '.' or '-', beginning with a letter or digit");
		String image = settings.image();
		require(image == null || (!image.isBlank() && image.equals(image.strip())), "image",
				"It must name an image, or be left out to run a container that is there");
		settings.ports().forEach((text) -> parse("ports", () -> PortSpec.parse(text)));
		settings.volumes().forEach((text) -> parse("volumes", () -> VolumeSpec.parse(text)));
		// Not the text itself: it may be a secret.
		settings.environment()
			.keySet()
			.forEach((name) -> require(!name.isBlank() && name.indexOf('=') < 0, "environment",
					"The name of a variable must not be empty, and not have a '='"));
		settings.labels()
			.keySet()
			.forEach((name) -> require(!name.isBlank() && !name.startsWith("io.hacluster."), "labels", "'" + name
					+ "' is not for you to set: what begins with 'io.hacluster.' says whose container it is"));
		require(!settings.stopTimeout().isNegative(), "stop-timeout", "It must not be negative");
		require(!settings.command().contains(""), "command", "No part of it may be empty");
		check(settings.resources());
		check(settings.health());
		if (image == null) {
			requireNothingButTheName(settings);
		}
	}

	private static void requireNothingButTheName(DockerSettings settings) {
		List<Runnable> checks = List.of(() -> unused("ports", settings.ports().isEmpty()),
				() -> unused("volumes", settings.volumes().isEmpty()),
				() -> unused("environment", settings.environment().isEmpty()),
				() -> unused("labels", settings.labels().isEmpty()),
				() -> unused("command", settings.command().isEmpty()), () -> unused("user", settings.user() == null),
				() -> unused("network", settings.network() == null),
				() -> unused("health.command", settings.health() == null),
				() -> unused("auto-remove", !settings.autoRemove()),
				() -> unused("resources", settings.resources().equals(new Resources(null, null, null, null))));
		checks.forEach(Runnable::run);
	}

	private static void unused(String setting, boolean unused) {
		require(unused, setting, "It has no effect without 'ha.cluster.backend.docker.image': the container is then "
				+ "one that is there already, and is run as it is");
	}

	private static void check(Resources resources) {
		Long memory = resources.memory();
		Long swap = resources.memorySwap();
		require(memory == null || memory >= LEAST_MEMORY, "resources.memory", "It must be at least 6MB");
		require(swap == null || (memory != null && swap >= memory), "resources.memory-swap",
				"It is memory and swap together, so it needs 'ha.cluster.backend.docker.resources.memory' and must not "
						+ "be less than that");
		require(resources.cpus() == null || resources.cpus() >= 0.01, "resources.cpus", "It must be at least 0.01");
		require(resources.pids() == null || resources.pids() > 0, "resources.pids", "It must be at least 1");
	}

	private static void check(@Nullable HealthCheck health) {
		if (health == null) {
			return;
		}
		List<String> command = health.command();
		require(!command.get(0).isBlank() && (command.size() > 1 || command.get(0).indexOf(' ') < 0), "health.command",
				"It is a list of a program and its arguments; for a shell: /bin/sh, -c, \"...\"");
		Consumer<String> tooShort = (setting) -> require(false, "health." + setting, "It must be at least 1ms");
		if (health.interval().compareTo(LEAST_INTERVAL) < 0) {
			tooShort.accept("interval");
		}
		if (health.timeout().compareTo(LEAST_INTERVAL) < 0) {
			tooShort.accept("timeout");
		}
		require(health.startPeriod().isZero() || health.startPeriod().compareTo(LEAST_INTERVAL) >= 0,
				"health.start-period", "It must be zero or at least 1ms");
		require(health.retries() > 0, "health.retries", "It must be at least 1");
	}

	private static void parse(String setting, Runnable parser) {
		try {
			parser.run();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidDockerSettingsException(setting, String.valueOf(ex.getMessage()));
		}
	}

	private static void require(boolean met, String setting, String reason) {
		if (!met) {
			throw new InvalidDockerSettingsException(setting, reason);
		}
	}

}
