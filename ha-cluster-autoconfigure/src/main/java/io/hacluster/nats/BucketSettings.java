package io.hacluster.nats;

import java.time.Duration;

/**
 * The settings of a key-value bucket, and the names that follow from its own.
 */
public interface BucketSettings {

	/**
	 * Returns the bucket's name.
	 * @return letters, digits, hyphens and underscores
	 */
	String bucket();

	/**
	 * Returns on how many servers the bucket is kept.
	 * @return 1 to 5
	 */
	int replicas();

	/**
	 * Returns how long each request may take at most.
	 * @return 10 ms to 1 min
	 */
	Duration requestTimeout();

	/**
	 * Returns the name of the stream behind the bucket.
	 * @return the stream
	 */
	default String stream() {
		return "KV_" + bucket();
	}

	/**
	 * Returns the subject of a key.
	 * @param key the key, a prefix of keys, or a wildcard
	 * @return the subject
	 */
	default String subject(String key) {
		return "$KV." + bucket() + "." + key;
	}

	/**
	 * Checks settings.
	 * @param bucket the bucket's name
	 * @param replicas on how many servers the bucket is kept
	 * @param requestTimeout how long each request may take at most
	 * @throws IllegalArgumentException if one is out of its range
	 */
	static void check(String bucket, int replicas, Duration requestTimeout) {
		if (!bucket.matches("[A-Za-z0-9_-]{1,100}")) {
			throw new IllegalArgumentException(
					"'bucket' must be 1 to 100 letters, digits, '-' or '_', but was '" + bucket + "'");
		}
		if (replicas < 1 || replicas > 5) {
			throw new IllegalArgumentException("'replicas' must be 1 to 5, but was " + replicas);
		}
		if (requestTimeout.compareTo(Duration.ofMillis(10)) < 0
				|| requestTimeout.compareTo(Duration.ofMinutes(1)) > 0) {
			throw new IllegalArgumentException("'requestTimeout' must be 10 ms to 1 min, but was " + requestTimeout);
		}
	}

}
