package io.hacluster.replication;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What is to be replicated, and how.
 *
 * @param path the database file while this node leads ({@code ha.cluster.sqlite.path});
 * beside it, in {@code <path>-ha}, this node keeps what it knows about it
 * @param replicaPath the replica while it follows
 * ({@code ha.cluster.sqlite.replica-path}); on the same file system
 * @param snapshotInterval time between snapshots, positive
 * @param retention how long batches that a snapshot covers, and older snapshots, are kept
 */
public record ReplicationSettings(Path path, Path replicaPath, Duration snapshotInterval, Duration retention) {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a duration is out of its range
	 */
	public ReplicationSettings {
		if (snapshotInterval.isNegative() || snapshotInterval.isZero() || retention.isNegative()) {
			throw new IllegalArgumentException("'snapshotInterval' must be positive, 'retention' must not be negative");
		}
	}

}
