package io.hacluster.replication.follower;

import io.hacluster.HaClusterException;

/**
 * The replica is not what the follower made it; it has to be built anew from the log.
 */
final class ReplicaChangedException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	ReplicaChangedException(String message) {
		super(message);
	}

}
