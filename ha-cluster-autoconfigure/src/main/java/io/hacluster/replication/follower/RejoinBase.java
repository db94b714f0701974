package io.hacluster.replication.follower;

import java.io.IOException;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.follower.ReplicaPosition.Place;

/**
 * What a follower starts from.
 */
public sealed interface RejoinBase {

	/**
	 * No local database: whatever the log holds is to be restored.
	 */
	record Nothing() implements RejoinBase {
	}

	/**
	 * A replica of the log.
	 *
	 * @param position how far it is
	 */
	record Replica(ReplicaPosition position) implements RejoinBase {

		/**
		 * Makes sure that nobody has written to the replica since it was closed.
		 * @param files where it is
		 * @throws HaClusterException if somebody has
		 * @throws IOException if it cannot be looked at
		 */
		public void requireUntouched(ReplicaFiles files) throws IOException {
			ReplicaStamp stamp = this.position.stamp();
			if (stamp == null || stamp.isSurelyChangedTo(ReplicaStamp.of(files.replica()))) {
				throw new HaClusterException("Somebody else has written to the replica " + files.replicaPath()
						+ " since it was closed; it has to be built anew from the log before this node can lead");
			}
		}

	}

	/**
	 * A database that is, or may be, ahead of the log. It is kept as it is until this
	 * node leads and ships it, or another leader goes on without it.
	 *
	 * @param place where it is
	 * @param logTxid the last transaction in the log, 0 if the log is empty
	 * @param tail from where to watch the log
	 * @param epoch the last epoch that this database has been part of
	 * @param reason why it is held, for people
	 */
	record Ahead(Place place, long logTxid, LogOffset tail, Epoch epoch, String reason) implements RejoinBase {
	}

}
