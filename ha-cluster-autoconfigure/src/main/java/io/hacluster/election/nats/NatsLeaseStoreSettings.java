package io.hacluster.election.nats;

import java.time.Duration;
import java.util.regex.Pattern;

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
public record NatsLeaseStoreSettings(String bucket, int replicas, Duration requestTimeout) {

	private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9_-]{1,100}");

	private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);

	private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public NatsLeaseStoreSettings {
		if (!BUCKET.matcher(bucket).matches()) {
			throw new IllegalArgumentException(
					"'bucket' must be 1 to 100 letters, digits, '-' or '_', but was '" + bucket + "'");
		}
		if (replicas < 1 || replicas > 5) {
			throw new IllegalArgumentException("'replicas' must be 1 to 5, but was " + replicas);
		}
		if (requestTimeout.compareTo(MIN_TIMEOUT) < 0 || requestTimeout.compareTo(MAX_TIMEOUT) > 0) {
			throw new IllegalArgumentException("'requestTimeout' must be 10 ms to 1 min, but was " + requestTimeout);
		}
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

	String stream() {
		return "KV_" + this.bucket;
	}

	String subject(String key) {
		return "$KV." + this.bucket + "." + key;
	}

}
