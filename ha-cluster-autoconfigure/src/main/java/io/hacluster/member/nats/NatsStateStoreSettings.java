package io.hacluster.member.nats;

import java.time.Duration;

import io.hacluster.nats.BucketSettings;

/**
 * The settings of a {@link NatsStateStore}.
 *
 * @param bucket the key-value bucket; letters, digits, hyphens and underscores
 * @param replicas on how many servers the bucket is kept, 1 to 5; used when it is made
 * @param requestTimeout how long each request may take at most; 10 ms to 1 min
 */
public record NatsStateStoreSettings(String bucket, int replicas, Duration requestTimeout) implements BucketSettings {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public NatsStateStoreSettings {
		BucketSettings.check(bucket, replicas, requestTimeout);
	}

	/**
	 * Creates settings for a cluster: the bucket is {@code ha-<cluster>-state}.
	 * @param cluster the cluster's name
	 * @param replicas on how many servers the bucket is kept
	 * @param requestTimeout how long each request may take at most
	 * @return the settings
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public static NatsStateStoreSettings forCluster(String cluster, int replicas, Duration requestTimeout) {
		return new NatsStateStoreSettings("ha-" + cluster + "-state", replicas, requestTimeout);
	}

}
