package io.hacluster.replication;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How replication is at one moment.
 *
 * @param state what it is doing
 * @param txid leader: the last transaction the log has acknowledged; follower: the last
 * applied; 0 if none
 * @param logTxid the last transaction known to be in the log; 0 if none
 * @param lag how long the oldest committed but unshipped (leader) or shipped but
 * unapplied (follower) transaction has been waiting; zero when level
 * @param failure what is wrong at the moment, null if nothing
 * @param diverged what has been set aside and is still there, oldest first
 * @param counters totals since the start of the process
 */
public record ReplicationStatus(State state, long txid, long logTxid, Duration lag, @Nullable String failure,
		List<DivergedDatabase> diverged, Counters counters) {

	/**
	 * The states of replication.
	 */
	public enum State {

		/**
		 * Neither follows nor ships.
		 */
		STOPPED,

		/**
		 * Builds a replica from the log.
		 */
		RESTORING,

		/**
		 * Applies what the leader ships.
		 */
		FOLLOWING,

		/**
		 * Holds a database that is ahead of the log, and waits to lead or to be
		 * overtaken.
		 */
		AHEAD,

		/**
		 * Leads, and waits for the database file to appear.
		 */
		AWAITING_DATABASE,

		/**
		 * Ships what is committed.
		 */
		SHIPPING

	}

	/**
	 * Totals since the start of the process.
	 *
	 * @param shippedBatches level-0 files acknowledged
	 * @param shippedBytes their bytes
	 * @param appliedBatches level-0 files applied
	 * @param appliedBytes their bytes
	 * @param snapshots snapshots taken
	 * @param checkpoints checkpoints made
	 * @param restores replicas built from the log
	 * @param storeErrors failures of the store
	 * @param fenceRejections appends refused because of a newer fence
	 * @param divergences databases set aside
	 * @param upkeep what has been done to keep the log short
	 * @param longestBarrier for how long writers of the leader's database have been kept
	 * out at most, for a checkpoint
	 */
	public record Counters(long shippedBatches, long shippedBytes, long appliedBatches, long appliedBytes,
			long snapshots, long checkpoints, long restores, long storeErrors, long fenceRejections, long divergences,
			Upkeep upkeep, Duration longestBarrier) {
	}

	/**
	 * What has been done to keep the log short.
	 *
	 * @param snapshotBytes size of the snapshots taken
	 * @param snapshotTime how long that took
	 * @param compactions files put into levels 1 and up
	 * @param compactionBytes their bytes
	 * @param compactionTime how long that took
	 * @param retiredFiles files removed from the log
	 */
	public record Upkeep(long snapshotBytes, Duration snapshotTime, long compactions, long compactionBytes,
			Duration compactionTime, long retiredFiles) {

		/**
		 * Nothing.
		 */
		public static final Upkeep NONE = new Upkeep(0, Duration.ZERO, 0, 0, Duration.ZERO, 0);

		/**
		 * Adds what somebody else has done.
		 * @param other that
		 * @return the sum
		 */
		public Upkeep plus(Upkeep other) {
			return new Upkeep(this.snapshotBytes + other.snapshotBytes, this.snapshotTime.plus(other.snapshotTime),
					this.compactions + other.compactions, this.compactionBytes + other.compactionBytes,
					this.compactionTime.plus(other.compactionTime), this.retiredFiles + other.retiredFiles);
		}

	}

}
