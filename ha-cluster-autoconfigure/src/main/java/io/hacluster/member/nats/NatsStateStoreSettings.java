package io.hacluster.member.nats;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The settings of a {@link NatsStateStore}.
 *
 * @param bucket the key-value bucket; letters, digits, hyphens and underscores
 * @param replicas on how many servers the bucket is kept, 1 to 5; used when it is made
 * @param requestTimeout how long each request may take at most; 10 ms to 1 min
 */
public record NatsStateStoreSettings(String bucket, int replicas, Duration requestTimeout) {

	private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9_-]{1,100}");

	private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);

	private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public NatsStateStoreSettings {
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

	String stream() {
		return "KV_" + this.bucket;
	}

	String subject(String key) {
		return "$KV." + this.bucket + "." + key;
	}

}
