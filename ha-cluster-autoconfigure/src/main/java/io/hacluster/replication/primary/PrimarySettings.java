package io.hacluster.replication.primary;

import java.time.Duration;

/**
 * How a primary captures, checkpoints and keeps.
 *
 * @param checkpointPages frames that are not yet in the database file from which on a
 * checkpoint is made; at least 1
 * @param maxWalBytes size of the write-ahead log from which on it is cut back once all of
 * it is in the log, and from which on, if the log does not take that much, continuity is
 * given up, so that a full copy is shipped when the store is back
 * @param maxBatchBytes size of the frames from which on a batch ends at the next commit;
 * a greater transaction is shipped whole
 * @param memoryBytes size of the frames up to which a batch is encoded in memory; greater
 * ones go through a file in the state directory
 * @param pipeline batches in flight at most, at least 1
 * @param safetyPoll how often to look without having been woken
 * @param busyTimeout how long the write barrier is tried for before backing off
 * @param barrierTimeout how long the store may take to acknowledge the last frames before
 * a checkpoint while writers are kept out
 * @param storeRetry longest pause between attempts to open the log again
 * @param minBatchInterval time between batches at least, zero for none; no flush and no
 * checkpoint waits for it
 */
public record PrimarySettings(int checkpointPages, long maxWalBytes, int maxBatchBytes, int memoryBytes, int pipeline,
		Duration safetyPoll, Duration busyTimeout, Duration barrierTimeout, Duration storeRetry,
		Duration minBatchInterval) {

	private static final long MAX_WAL_BYTES = 512L << 20;

	/**
	 * Leaves the checkpoint itself as much of the 50 ms that a writer may have to wait.
	 */
	private static final Duration BARRIER = Duration.ofMillis(25);

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public PrimarySettings {
		if (checkpointPages < 1 || pipeline < 1 || maxBatchBytes < 1 || memoryBytes < 0 || maxWalBytes < 1) {
			throw new IllegalArgumentException("'checkpointPages', 'pipeline', 'maxBatchBytes', 'memoryBytes' and "
					+ "'maxWalBytes' must be positive");
		}
		if (minBatchInterval.isNegative()) {
			throw new IllegalArgumentException("'minBatchInterval' must not be negative");
		}
		if (safetyPoll.isNegative() || safetyPoll.isZero()) {
			throw new IllegalArgumentException("'safetyPoll' must be positive");
		}
	}

	/**
	 * Returns the settings used unless told otherwise.
	 * @return the settings
	 */
	public static PrimarySettings defaults() {
		return new PrimarySettings(1000, MAX_WAL_BYTES, 8 << 20, 4 << 20, 4, Duration.ofSeconds(1),
				Duration.ofMillis(100), BARRIER, Duration.ofSeconds(5), Duration.ZERO);
	}

	/**
	 * Returns these settings with other bounds of the write-ahead log.
	 * @param pages frames from which on a checkpoint is made
	 * @param maxBytes size from which on the write-ahead log is cut back
	 * @return the settings
	 */
	public PrimarySettings withWal(int pages, long maxBytes) {
		return new PrimarySettings(pages, maxBytes, this.maxBatchBytes, this.memoryBytes, this.pipeline,
				this.safetyPoll, this.busyTimeout, this.barrierTimeout, this.storeRetry, this.minBatchInterval);
	}

	/**
	 * Returns these settings with another time between batches.
	 * @param interval the time
	 * @return the settings
	 */
	public PrimarySettings withMinBatchInterval(Duration interval) {
		return new PrimarySettings(this.checkpointPages, this.maxWalBytes, this.maxBatchBytes, this.memoryBytes,
				this.pipeline, this.safetyPoll, this.busyTimeout, this.barrierTimeout, this.storeRetry, interval);
	}

}
