package io.hacluster.replication;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is to be replicated, and how.
 *
 * @param path the database file while this node leads ({@code ha.cluster.sqlite.path});
 * beside it, in {@code <path>-ha}, this node keeps what it knows about it
 * @param replicaPath the replica while it follows
 * ({@code ha.cluster.sqlite.replica-path}); on the same file system
 * @param snapshotInterval time between snapshots, positive
 * @param retention how long batches that a snapshot covers, and older snapshots, are kept
 * @param checkpointPages pages in the leader's write-ahead log from which on a checkpoint
 * is made; at least 1
 * @param minBatchInterval time between batches at least, zero for none
 * @param divergedToKeep how many databases that were set aside are kept; at least 1
 * @param levels how often the levels 1, 2 and so on are added to, 1 to 8 of them, each
 * longer than the one before
 * @param l0Retention how long batches are kept that level 1 holds
 * @param maxReplicaWalBytes size to which a replica's write-ahead log may grow because
 * readers keep it from being emptied; at least 1
 * @param maxReaderDelay how long a follower waits for those readers then, before the
 * replica goes on in a new file
 * @param maxWalBytes size of the leader's write-ahead log, in bytes, from which on it is
 * cut back, and from which on a copy of the whole database is shipped instead of it if
 * the log has not taken it; at least 1 MiB
 */
public record ReplicationSettings(Path path, Path replicaPath, Duration snapshotInterval, Duration retention,
		int checkpointPages, Duration minBatchInterval, int divergedToKeep, List<Duration> levels, Duration l0Retention,
		long maxReplicaWalBytes, Duration maxReaderDelay, long maxWalBytes) {

	private static final int CHECKPOINT_PAGES = 1000;

	private static final int MAX_LEVELS = 8;

	private static final List<Duration> LEVELS = List.of(Duration.ofSeconds(30), Duration.ofMinutes(5),
			Duration.ofHours(1));

	private static final Duration L0_RETENTION = Duration.ofMinutes(5);

	private static final int DIVERGED_TO_KEEP = 10;

	private static final long MAX_REPLICA_WAL_BYTES = 256L << 20;

	private static final Duration MAX_READER_DELAY = Duration.ofSeconds(5);

	private static final long MAX_WAL_BYTES = 512L << 20;

	private static final long LEAST_WAL_BYTES = 1L << 20;

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ReplicationSettings {
		if (checkpointPages < 1 || divergedToKeep < 1) {
			throw new IllegalArgumentException("'checkpointPages' and 'divergedToKeep' must be positive");
		}
		if (maxReplicaWalBytes < 1 || maxReaderDelay.isNegative()) {
			throw new IllegalArgumentException(
					"'maxReplicaWalBytes' must be positive, 'maxReaderDelay' must not be negative");
		}
		if (minBatchInterval.isNegative()) {
			throw new IllegalArgumentException("'minBatchInterval' must not be negative");
		}
		if (maxWalBytes < LEAST_WAL_BYTES) {
			throw new IllegalArgumentException("'maxWalBytes' must be at least " + LEAST_WAL_BYTES);
		}
		if (snapshotInterval.isNegative() || snapshotInterval.isZero() || retention.isNegative()) {
			throw new IllegalArgumentException("'snapshotInterval' must be positive, 'retention' must not be negative");
		}
		levels = List.copyOf(levels);
		requireAscending(levels);
		if (l0Retention.isNegative()) {
			throw new IllegalArgumentException("'l0Retention' must not be negative");
		}
	}

	private static void requireAscending(List<Duration> levels) {
		if (levels.isEmpty() || levels.size() > MAX_LEVELS) {
			throw new IllegalArgumentException("'levels' must be 1 to " + MAX_LEVELS + " intervals");
		}
		Duration previous = Duration.ZERO;
		for (Duration level : levels) {
			if (level.compareTo(previous) <= 0) {
				throw new IllegalArgumentException("'levels' must be positive, each longer than the one before");
			}
			previous = level;
		}
	}

	/**
	 * Creates settings with a checkpoint after 1000 pages and no time between batches,
	 * which keep ten databases that were set aside, with the levels of Litestream: 30
	 * seconds, 5 minutes and 1 hour, and batches kept for 5 minutes; and 512 MiB of
	 * write-ahead log.
	 * @param path the database file
	 * @param replicaPath the replica
	 * @param snapshotInterval time between snapshots
	 * @param retention how long to keep what a snapshot covers
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ReplicationSettings(Path path, Path replicaPath, Duration snapshotInterval, Duration retention) {
		this(path, replicaPath, snapshotInterval, retention, CHECKPOINT_PAGES, Duration.ZERO, DIVERGED_TO_KEEP, LEVELS,
				L0_RETENTION, MAX_REPLICA_WAL_BYTES, MAX_READER_DELAY, MAX_WAL_BYTES);
	}

}
