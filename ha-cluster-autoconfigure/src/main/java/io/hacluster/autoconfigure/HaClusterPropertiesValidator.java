package io.hacluster.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.unit.DataSize;

import io.hacluster.backend.systemd.UnitName;

/**
 * Refuses configurations that cannot work or are not safe, naming the property.
 */
final class HaClusterPropertiesValidator {

	/**
	 * What a cluster may be called: its name is part of the names of NATS streams, which
	 * must not contain dots.
	 */
	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");

	private static final int MAX_LEVELS = 8;

	private static final int MAX_JOURNAL_LINES = 1000;

	private static final Duration LEAST_LEVEL = Duration.ofMillis(10);

	/** Whoever wants to lose more than this in a crash wants something else. */
	private static final Duration MAX_BATCH_INTERVAL = Duration.ofMinutes(1);

	private final HaClusterProperties properties;

	HaClusterPropertiesValidator(HaClusterProperties properties) {
		this.properties = properties;
	}

	/**
	 * Checks everything that does not depend on other beans.
	 * @param environment where the properties come from
	 */
	void validate(ConfigurableEnvironment environment) {
		String name = require("name", this.properties.name(),
				"The name of the cluster must be set, the same on all of its nodes");
		requireName("name", name);
		if (this.properties.store() == null) {
			throw invalid("store", null,
					"The store must be chosen: 'nats', or 'local' for nodes on one machine that share a directory");
		}
		if (this.properties.store() == HaClusterProperties.Store.LOCAL) {
			require("local.directory", this.properties.local().directory(),
					"The local store needs a directory that all nodes of this machine share");
		}
		new MemberPropertiesValidator(this.properties).validate();
		validateNats(this.properties.nats());
		validateSqlite(this.properties.sqlite());
		validateReplication(this.properties.replication());
		new VirtualIpPropertiesValidator(this.properties.vip(), environment).validate();
		validateBackend(this.properties.backend());
		validateLifecycle(this.properties.lifecycle());
	}

	private void validateNats(HaClusterProperties.Nats nats) {
		requirePositive("nats.connection-timeout", nats.connectionTimeout());
		requirePositive("nats.request-timeout", nats.requestTimeout());
		if (nats.startupTimeout().isNegative()) {
			throw invalid("nats.startup-timeout", nats.startupTimeout(), "It must not be negative");
		}
		if (nats.replicas() < 1 || nats.replicas() > 5) {
			throw invalid("nats.replicas", nats.replicas(), "It must be 1 to 5");
		}
		requireName("nats.election-bucket", nats.electionBucket());
		requireName("nats.replica-bucket", nats.replicaBucket());
		requireName("nats.state-bucket", nats.stateBucket());
	}

	/**
	 * Checks the process to run.
	 */
	void validateProcess() {
		List<String> command = this.properties.backend().process().command();
		if (command.isEmpty() || command.get(0).isBlank()) {
			throw invalid("backend.process.command", command,
					"It must name the program to run where 'ha.cluster.backend.type' is 'process'");
		}
		String directory = this.properties.backend().process().directory();
		if (directory != null && !Files.isDirectory(Path.of(directory))) {
			throw invalid("backend.process.directory", directory, "The directory does not exist");
		}
		String logFile = this.properties.backend().process().logFile();
		if (logFile != null) {
			validateLogFile(logFile, Path.of(logFile).toAbsolutePath());
		}
	}

	private static void validateLogFile(String value, Path file) {
		Path directory = file.getParent();
		if (Files.isDirectory(file)) {
			throw invalid("backend.process.log-file", value, "It must be a file, but is a directory");
		}
		if (directory != null && !Files.isDirectory(directory)) {
			throw invalid("backend.process.log-file", value, "Its directory does not exist");
		}
		if (!Files.isWritable(Files.exists(file) || directory == null ? file : directory)) {
			throw invalid("backend.process.log-file", value, "It cannot be written to");
		}
	}

	/**
	 * Checks the unit to run.
	 */
	void validateSystemd() {
		HaClusterProperties.Backend.Systemd systemd = this.properties.backend().systemd();
		String unit = require("backend.systemd.unit", systemd.unit(),
				"It must name the service to run where 'ha.cluster.backend.type' is 'systemd'");
		requireUnit("backend.systemd.unit", unit, UnitName::service);
		systemd.dependencies().forEach((name) -> requireUnit("backend.systemd.dependencies", name, UnitName::of));
		if (systemd.journalLines() < 0 || systemd.journalLines() > MAX_JOURNAL_LINES) {
			throw invalid("backend.systemd.journal-lines", systemd.journalLines(),
					"It must be 0 to " + MAX_JOURNAL_LINES);
		}
	}

	private static void requireUnit(String property, String value, UnaryOperator<String> parser) {
		try {
			parser.apply(value);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(property, value, String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Checks that there is a backend where one is asked for.
	 * @param present whether there is one
	 */
	void validateBackendPresence(boolean present) {
		HaClusterProperties.Backend backend = this.properties.backend();
		if (backend.type() == HaClusterProperties.Backend.Type.CUSTOM && !present) {
			throw invalid("backend.type", "custom", "There is no bean of type 'io.hacluster.backend.Backend'");
		}
		if (backend.health().url() != null && !present) {
			throw invalid("backend.health.url", backend.health().url(),
					"There is no backend to ask: 'ha.cluster.backend.type' is 'none'");
		}
	}

	private void requireName(String property, @Nullable String value) {
		if (value != null && !NAME.matcher(value).matches()) {
			throw invalid(property, value,
					"It must be 1 to 63 letters, digits, '-' or '_', beginning with a letter or digit");
		}
	}

	private void validateSqlite(HaClusterProperties.Sqlite sqlite) {
		String database = sqlite.path();
		requireFile("sqlite.path", database);
		requireFile("sqlite.replica-path", sqlite.replicaPath());
		if (database == null) {
			if (sqlite.replicaPath() != null) {
				throw invalid("sqlite.path", database, "It must be set where 'ha.cluster.sqlite.replica-path' is");
			}
			return;
		}
		Path path = Path.of(database).toAbsolutePath().normalize();
		if (sqlite.replicaPath() != null && Path.of(sqlite.replicaPath()).toAbsolutePath().normalize().equals(path)) {
			throw invalid("sqlite.replica-path", sqlite.replicaPath(),
					"It must not be the path of the database itself");
		}
		requirePositive("sqlite.snapshot-interval", sqlite.snapshotInterval());
		requirePositive("sqlite.retention", sqlite.retention());
		if (sqlite.retention().compareTo(sqlite.snapshotInterval()) < 0) {
			throw invalid("sqlite.retention", sqlite.retention(),
					"It must not be shorter than 'ha.cluster.sqlite.snapshot-interval', or no snapshot would be left "
							+ "to restore from");
		}
	}

	private static void requireFile(String property, @Nullable String value) {
		if (value != null && value.isBlank()) {
			throw invalid(property, value, "It must name a file, or be left out");
		}
	}

	private void validateReplication(HaClusterProperties.Replication replication) {
		if (replication.checkpointPages() < 1) {
			throw invalid("replication.checkpoint-pages", replication.checkpointPages(), "It must be at least 1");
		}
		Duration batchInterval = replication.minBatchInterval();
		if (batchInterval.isNegative() || batchInterval.compareTo(MAX_BATCH_INTERVAL) > 0) {
			throw invalid("replication.min-batch-interval", batchInterval,
					"It must be 0s to 1m: a crash loses what has not been shipped");
		}
		if (replication.maxWalSize().compareTo(DataSize.ofMegabytes(1)) < 0) {
			throw invalid("replication.max-wal-size", replication.maxWalSize(), "It must be at least 1MB");
		}
		if (replication.divergedToKeep() < 1) {
			throw invalid("replication.diverged-to-keep", replication.divergedToKeep(),
					"It must be at least 1, or the newest would be gone before anybody has seen it");
		}
		validateLevels(replication.levels());
		if (replication.l0Retention().isNegative()) {
			throw invalid("replication.l0-retention", replication.l0Retention(), "It must not be negative");
		}
		if (replication.l0Retention().compareTo(this.properties.sqlite().retention()) > 0) {
			throw invalid("replication.l0-retention", replication.l0Retention(),
					"It must not be longer than 'ha.cluster.sqlite.retention', which is "
							+ this.properties.sqlite().retention() + ": the log does not go back further");
		}
		if (replication.maxReplicaWalSize().compareTo(DataSize.ofMegabytes(1)) < 0) {
			throw invalid("replication.max-replica-wal-size", replication.maxReplicaWalSize(),
					"It must be at least 1MB");
		}
		if (replication.maxReaderDelay().isNegative()) {
			throw invalid("replication.max-reader-delay", replication.maxReaderDelay(), "It must not be negative");
		}
	}

	private void validateLevels(List<Duration> levels) {
		if (levels.isEmpty() || levels.size() > MAX_LEVELS) {
			throw invalid("replication.levels", levels, "There must be 1 to " + MAX_LEVELS + " intervals");
		}
		Duration previous = Duration.ZERO;
		for (Duration level : levels) {
			if (level.compareTo(previous) <= 0) {
				throw invalid("replication.levels", levels,
						"Each interval must be longer than zero and than the one before");
			}
			previous = level;
		}
		if (levels.get(0).compareTo(LEAST_LEVEL) < 0) {
			throw invalid("replication.levels", levels, "Each interval must be at least 10ms");
		}
	}

	private void validateBackend(HaClusterProperties.Backend backend) {
		requirePositive("backend.start-timeout", backend.startTimeout());
		requirePositive("backend.stop-timeout", backend.stopTimeout());
		requirePositive("backend.health.interval", backend.health().interval());
		requirePositive("backend.health.timeout", backend.health().timeout());
		validateSupervision(backend.supervision());
		if (backend.health().url() != null) {
			String scheme = backend.health().url().getScheme();
			if (!"http".equals(scheme) && !"https".equals(scheme)) {
				throw invalid("backend.health.url", backend.health().url(), "It must begin with http:// or https://");
			}
			if (backend.health().url().getHost() == null) {
				throw invalid("backend.health.url", backend.health().url(),
						"It must name a host, of letters, digits, '.' and '-' only");
			}
		}
	}

	private void validateSupervision(HaClusterProperties.Backend.Supervision supervision) {
		if (supervision.failuresBeforeRestart() < 1) {
			throw invalid("backend.supervision.failures-before-restart", supervision.failuresBeforeRestart(),
					"It must be at least 1");
		}
		if (supervision.maxRestarts() < 0) {
			throw invalid("backend.supervision.max-restarts", supervision.maxRestarts(), "It must not be negative");
		}
		requirePositive("backend.supervision.window", supervision.window());
		if (supervision.backoff().isNegative()) {
			throw invalid("backend.supervision.backoff", supervision.backoff(), "It must not be negative");
		}
		Duration cooling = supervision.cooling();
		Duration lease = this.properties.election().leaseDuration();
		if (cooling != null && cooling.compareTo(lease) < 0) {
			throw invalid("backend.supervision.cooling", cooling,
					"It must not be shorter than 'ha.cluster.election.lease-duration', which is " + lease
							+ ", or no other node would have its chance");
		}
	}

	private void validateLifecycle(HaClusterProperties.Lifecycle lifecycle) {
		requirePositive("lifecycle.catch-up-timeout", lifecycle.catchUpTimeout());
		requirePositive("lifecycle.replication-timeout", lifecycle.replicationTimeout());
		requirePositive("lifecycle.vip-timeout", lifecycle.vipTimeout());
		requirePositive("lifecycle.database-timeout", lifecycle.databaseTimeout());
		requirePositive("lifecycle.listener-timeout", lifecycle.listenerTimeout());
	}

	private void requirePositive(String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw invalid(property, value, "It must be longer than zero");
		}
	}

	private static String require(String property, @Nullable String value, String reason) {
		if (value == null || value.isBlank()) {
			throw invalid(property, value, reason);
		}
		return value;
	}

	static InvalidConfigurationPropertyValueException invalid(String property, @Nullable Object value, String reason) {
		return new InvalidConfigurationPropertyValueException("ha.cluster." + property, value, reason);
	}

}
