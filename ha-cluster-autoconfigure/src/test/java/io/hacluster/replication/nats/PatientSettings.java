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
		NatsReplicaStoreSettings settings = NatsReplicaStoreSettings.of(cluster, spoolDirectory);
		return new NatsReplicaStoreSettings(settings.bucket(), settings.replicas(), settings.maxBytes(),
				settings.window(), PATIENCE, PATIENCE, PATIENCE, PATIENCE, settings.spoolDirectory(),
				settings.spoolThreshold());
	}

}
