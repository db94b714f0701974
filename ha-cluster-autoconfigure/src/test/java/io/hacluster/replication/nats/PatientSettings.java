package io.hacluster.replication.nats;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings for tests that are not about what takes too long: on a busy machine an answer
 * may take longer than a leader of a cluster should wait for it.
 */
public final class PatientSettings {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private PatientSettings() {
	}

	/**
	 * Returns what {@link NatsReplicaStoreSettings#of} does, with timeouts of a minute.
	 * @param cluster the cluster's name
	 * @param spoolDirectory where to spool
	 * @return the settings
	 */
	public static NatsReplicaStoreSettings of(String cluster, Path spoolDirectory) {
		return of(cluster, spoolDirectory, PATIENCE);
	}

	/**
	 * Returns the same with another timeout for appends, for tests in which the server
	 * vanishes.
	 * @param cluster the cluster's name
	 * @param spoolDirectory where to spool
	 * @param appendTimeout how long a message may stay unacknowledged
	 * @return the settings
	 */
	public static NatsReplicaStoreSettings of(String cluster, Path spoolDirectory, Duration appendTimeout) {
		NatsReplicaStoreSettings settings = NatsReplicaStoreSettings.of(cluster, spoolDirectory);
		return new NatsReplicaStoreSettings(settings.bucket(), settings.replicas(), settings.maxBytes(),
				settings.window(), PATIENCE, appendTimeout, PATIENCE, PATIENCE, settings.spoolDirectory(),
				settings.spoolThreshold());
	}

}
