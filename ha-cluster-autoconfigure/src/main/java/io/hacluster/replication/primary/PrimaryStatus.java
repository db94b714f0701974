package io.hacluster.replication.primary;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.ReplicationStatus;

/**
 * How a primary is at one moment.
 *
 * @param state {@code AWAITING_DATABASE}, {@code SHIPPING} or {@code STOPPED}
 * @param txid the last transaction that the log has acknowledged
 * @param pendingFrames committed frames that the log has not acknowledged, as last seen
 * @param lag how long the oldest of them has been waiting
 * @param failure what is wrong at the moment, null if nothing
 * @param batches level-0 files acknowledged
 * @param bytes their bytes
 * @param snapshots full copies and snapshots shipped
 * @param checkpoints checkpoints that brought something into the database file
 * @param storeErrors failures of the store
 * @param fenceRejections appends or fences refused because of a newer fence
 * @param upkeep what has been done to keep the log short
 * @param longestBarrier for how long writers have been kept out at most
 */
public record PrimaryStatus(ReplicationStatus.State state, long txid, long pendingFrames, Duration lag,
		@Nullable String failure, long batches, long bytes, long snapshots, long checkpoints, long storeErrors,
		long fenceRejections, ReplicationStatus.Upkeep upkeep, Duration longestBarrier) {

}
