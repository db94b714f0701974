package io.hacluster.replication.follower;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogOffset;

/**
 * What this node knows durably about its database.
 *
 * @param place which of the two paths it is at
 * @param txid a transaction that it surely holds, 0 if none is known; without a stamp it
 * may hold later ones as well
 * @param offset a place in the log from which to go on after that transaction
 * @param logId the log it belongs to, empty if unknown
 * @param epoch the greatest epoch seen
 * @param stamp how the files looked when they held exactly the transaction, null while
 * they are in use or after a crash
 */
public record ReplicaPosition(Place place, long txid, LogOffset offset, String logId, Epoch epoch,
		@Nullable ReplicaStamp stamp) {

	/**
	 * Returns a copy for a database that is in use.
	 * @return the position without a stamp
	 */
	ReplicaPosition inUse() {
		return new ReplicaPosition(this.place, this.txid, this.offset, this.logId, this.epoch, null);
	}

	/**
	 * Returns a copy for a database that holds exactly the transaction.
	 * @param newPlace where it is
	 * @param newStamp how it looks
	 * @return the position with a stamp
	 */
	public ReplicaPosition exact(Place newPlace, ReplicaStamp newStamp) {
		return new ReplicaPosition(newPlace, this.txid, this.offset, this.logId, this.epoch, newStamp);
	}

	/**
	 * Returns a copy of another epoch and log.
	 * @param newPlace where the database is
	 * @param fence names log and epoch
	 * @return the position
	 */
	public ReplicaPosition under(Place newPlace, Fence fence) {
		return new ReplicaPosition(newPlace, this.txid, this.offset, fence.logId(), fence.epoch(), this.stamp);
	}

	/**
	 * Returns a copy at another transaction, of which the place in the log is not known.
	 * @param newTxid the transaction
	 * @return the position
	 */
	ReplicaPosition at(long newTxid) {
		return new ReplicaPosition(this.place, newTxid, this.offset, this.logId, this.epoch, null);
	}

	/**
	 * The two paths.
	 */
	public enum Place {

		/** The leader's. */
		DATABASE,

		/** The follower's. */
		REPLICA

	}

}
