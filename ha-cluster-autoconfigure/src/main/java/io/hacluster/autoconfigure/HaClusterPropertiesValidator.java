package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.unit.DataSize;

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
		new BackendPropertiesValidator(this.properties).validate();
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

	private void validateLifecycle(HaClusterProperties.Lifecycle lifecycle) {
		requirePositive("lifecycle.catch-up-timeout", lifecycle.catchUpTimeout());
		requirePositive("lifecycle.replication-timeout", lifecycle.replicationTimeout());
		requirePositive("lifecycle.vip-timeout", lifecycle.vipTimeout());
		requirePositive("lifecycle.database-timeout", lifecycle.databaseTimeout());
		requirePositive("lifecycle.listener-timeout", lifecycle.listenerTimeout());
	}

	static void requirePositive(String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw invalid(property, value, "It must be longer than zero");
		}
	}

	static String require(String property, @Nullable String value, String reason) {
		if (value == null || value.isBlank()) {
			throw invalid(property, value, reason);
		}
		return value;
	}

	static InvalidConfigurationPropertyValueException invalid(String property, @Nullable Object value, String reason) {
		return new InvalidConfigurationPropertyValueException("ha.cluster." + property, value, reason);
	}

}
