package io.hacluster.replication.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How a log is kept in an Object Store bucket.
 *
 * @param bucket the bucket, one per database; letters, digits, {@code -} and {@code _}
 * @param replicas copies that the servers keep, 1 to 5; used when the bucket is created
 * @param maxBytes size limit of a bucket that is created, {@code -1} for none
 * @param window messages that may be unacknowledged, 1 to 64; the upper bound is part of
 * the fence, see {@link FenceBurn}
 * @param requestTimeout how long a connection attempt or one request may take
 * @param appendTimeout how long one message of an append may stay unacknowledged before
 * the writer fails
 * @param fenceTimeout how long fencing may take in all
 * @param stallTimeout how long a read may make no progress before it fails
 * @param spoolDirectory where level-0 files go that are too large for memory; made on use
 * @param spoolThreshold bytes of a file kept in memory before it is spooled, 0 to 64 MiB
 */
public record NatsReplicaStoreSettings(String bucket, int replicas, long maxBytes, int window, Duration requestTimeout,
		Duration appendTimeout, Duration fenceTimeout, Duration stallTimeout, Path spoolDirectory, int spoolThreshold) {

	private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9_-]{1,200}");

	private static final int MAX_SPOOL_THRESHOLD = 64 * 1024 * 1024;

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public NatsReplicaStoreSettings {
		require(BUCKET.matcher(bucket).matches(),
				"'bucket' must be letters, digits, '-' or '_', but was '" + bucket + "'");
		require(replicas >= 1 && replicas <= 5, "'replicas' must be 1 to 5, but was " + replicas);
		require(maxBytes == -1 || maxBytes > 0, "'maxBytes' must be positive, or -1, but was " + maxBytes);
		require(window >= 1 && window <= FenceBurn.LENGTH,
				"'window' must be 1 to " + FenceBurn.LENGTH + ", but was " + window);
		requirePositive("requestTimeout", requestTimeout);
		requirePositive("appendTimeout", appendTimeout);
		requirePositive("fenceTimeout", fenceTimeout);
		requirePositive("stallTimeout", stallTimeout);
		require(spoolThreshold >= 0 && spoolThreshold <= MAX_SPOOL_THRESHOLD,
				"'spoolThreshold' must be 0 to " + MAX_SPOOL_THRESHOLD + ", but was " + spoolThreshold);
	}

	/**
	 * Returns what suits a cluster: bucket {@code ha-<cluster>-db}, one replica, no size
	 * limit, 64 unacknowledged messages, timeouts of 2 s for a request, 5 s for an
	 * append, 10 s for a fence and for a stall, spooling from 4 MiB on. Characters that a
	 * bucket cannot have become {@code _}.
	 * @param cluster the cluster's name
	 * @param spoolDirectory where to spool
	 * @return the settings
	 */
	public static NatsReplicaStoreSettings of(String cluster, Path spoolDirectory) {
		return new NatsReplicaStoreSettings("ha-" + cluster.replaceAll("[^A-Za-z0-9_-]", "_") + "-db", 1, -1,
				FenceBurn.LENGTH, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(10),
				Duration.ofSeconds(10), spoolDirectory, 4 * 1024 * 1024);
	}

	private static void requirePositive(String name, Duration duration) {
		require(!duration.isNegative() && !duration.isZero(), "'" + name + "' must be positive, but was " + duration);
	}

	private static void require(boolean met, String message) {
		if (!met) {
			throw new IllegalArgumentException(message);
		}
	}

}
