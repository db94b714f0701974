package io.hacluster.election.nats;

import java.time.Duration;

import io.hacluster.nats.BucketSettings;

/**
 * The settings of a {@link NatsLeaseStore}.
 *
 * @param bucket the key-value bucket; letters, digits, hyphens and underscores
 * @param replicas on how many servers the bucket is kept, 1 to 5; more than one needs
 * nats-server 2.9.21, 2.10.0 or later
 * @param requestTimeout how long each request may take at most; 10 ms to 1 min, and best
 * the election's {@link io.hacluster.election.ElectionSettings#storeTimeout() store
 * timeout}
 */
public record NatsLeaseStoreSettings(String bucket, int replicas, Duration requestTimeout) implements BucketSettings {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public NatsLeaseStoreSettings {
		BucketSettings.check(bucket, replicas, requestTimeout);
	}

	/**
	 * Creates settings for a cluster: the bucket is {@code ha-<cluster>}.
	 * @param cluster the cluster's name
	 * @param replicas on how many servers the bucket is kept
	 * @param requestTimeout how long each request may take at most
	 * @return the settings
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public static NatsLeaseStoreSettings forCluster(String cluster, int replicas, Duration requestTimeout) {
		return new NatsLeaseStoreSettings("ha-" + cluster, replicas, requestTimeout);
	}

}
