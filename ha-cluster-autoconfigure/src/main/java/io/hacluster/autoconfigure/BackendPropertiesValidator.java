package io.hacluster.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import io.hacluster.backend.systemd.UnitName;

/**
 * Refuses backends that cannot be run.
 */
final class BackendPropertiesValidator {

	private static final int MAX_JOURNAL_LINES = 1000;

	private final HaClusterProperties properties;

	BackendPropertiesValidator(HaClusterProperties properties) {
		this.properties = properties;
	}

	/**
	 * Checks what is the same for all types.
	 */
	void validate() {
		HaClusterProperties.Backend backend = this.properties.backend();
		HaClusterPropertiesValidator.requirePositive("backend.start-timeout", backend.startTimeout());
		HaClusterPropertiesValidator.requirePositive("backend.stop-timeout", backend.stopTimeout());
		HaClusterPropertiesValidator.requirePositive("backend.health.interval", backend.health().interval());
		HaClusterPropertiesValidator.requirePositive("backend.health.timeout", backend.health().timeout());
		validateSupervision(backend.supervision());
		if (backend.health().url() != null) {
			String scheme = backend.health().url().getScheme();
			if (!"http".equals(scheme) && !"https".equals(scheme)) {
				throw HaClusterPropertiesValidator.invalid("backend.health.url", backend.health().url(),
						"It must begin with http:// or https://");
			}
			if (backend.health().url().getHost() == null) {
				throw HaClusterPropertiesValidator.invalid("backend.health.url", backend.health().url(),
						"It must name a host, of letters, digits, '.' and '-' only");
			}
		}
	}

	private void validateSupervision(HaClusterProperties.Backend.Supervision supervision) {
		if (supervision.failuresBeforeRestart() < 1) {
			throw HaClusterPropertiesValidator.invalid("backend.supervision.failures-before-restart",
					supervision.failuresBeforeRestart(), "It must be at least 1");
		}
		if (supervision.maxRestarts() < 0) {
			throw HaClusterPropertiesValidator.invalid("backend.supervision.max-restarts", supervision.maxRestarts(),
					"It must not be negative");
		}
		HaClusterPropertiesValidator.requirePositive("backend.supervision.window", supervision.window());
		if (supervision.backoff().isNegative()) {
			throw HaClusterPropertiesValidator.invalid("backend.supervision.backoff", supervision.backoff(),
					"It must not be negative");
		}
		Duration cooling = supervision.cooling();
		Duration lease = this.properties.election().leaseDuration();
		if (cooling != null && cooling.compareTo(lease) < 0) {
			throw HaClusterPropertiesValidator.invalid("backend.supervision.cooling", cooling,
					"It must not be shorter than 'ha.cluster.election.lease-duration', which is " + lease
							+ ", or no other node would have its chance");
		}
	}

	/**
	 * Checks the process to run.
	 */
	void validateProcess() {
		List<String> command = this.properties.backend().process().command();
		if (command.isEmpty() || command.get(0).isBlank()) {
			throw HaClusterPropertiesValidator.invalid("backend.process.command", command,
					"It must name the program to run where 'ha.cluster.backend.type' is 'process'");
		}
		String directory = this.properties.backend().process().directory();
		if (directory != null && !Files.isDirectory(Path.of(directory))) {
			throw HaClusterPropertiesValidator.invalid("backend.process.directory", directory,
					"The directory does not exist");
		}
		String logFile = this.properties.backend().process().logFile();
		if (logFile != null) {
			validateLogFile(logFile, Path.of(logFile).toAbsolutePath());
		}
	}

	private static void validateLogFile(String value, Path file) {
		Path directory = file.getParent();
		if (Files.isDirectory(file)) {
			throw HaClusterPropertiesValidator.invalid("backend.process.log-file", value,
					"It must be a file, but is a directory");
		}
		if (directory != null && !Files.isDirectory(directory)) {
			throw HaClusterPropertiesValidator.invalid("backend.process.log-file", value,
					"Its directory does not exist");
		}
		if (!Files.isWritable(Files.exists(file) || directory == null ? file : directory)) {
			throw HaClusterPropertiesValidator.invalid("backend.process.log-file", value, "It cannot be written to");
		}
	}

	/**
	 * Checks the unit to run.
	 */
	void validateSystemd() {
		HaClusterProperties.Backend.Systemd systemd = this.properties.backend().systemd();
		String unit = HaClusterPropertiesValidator.require("backend.systemd.unit", systemd.unit(),
				"It must name the service to run where 'ha.cluster.backend.type' is 'systemd'");
		requireUnit("backend.systemd.unit", unit, UnitName::service);
		systemd.dependencies().forEach((name) -> requireUnit("backend.systemd.dependencies", name, UnitName::of));
		if (systemd.journalLines() < 0 || systemd.journalLines() > MAX_JOURNAL_LINES) {
			throw HaClusterPropertiesValidator.invalid("backend.systemd.journal-lines", systemd.journalLines(),
					"It must be 0 to " + MAX_JOURNAL_LINES);
		}
	}

	private static void requireUnit(String property, String value, UnaryOperator<String> parser) {
		try {
			parser.apply(value);
		}
		catch (IllegalArgumentException ex) {
			throw HaClusterPropertiesValidator.invalid(property, value, String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Checks that there is a backend where one is asked for.
	 * @param present whether there is one
	 */
	void validatePresence(boolean present) {
		HaClusterProperties.Backend backend = this.properties.backend();
		if (backend.type() == HaClusterProperties.Backend.Type.CUSTOM && !present) {
			throw HaClusterPropertiesValidator.invalid("backend.type", "custom",
					"There is no bean of type 'io.hacluster.backend.Backend'");
		}
		if (backend.health().url() != null && !present) {
			throw HaClusterPropertiesValidator.invalid("backend.health.url", backend.health().url(),
					"There is no backend to ask: 'ha.cluster.backend.type' is 'none'");
		}
	}

}
