package io.hacluster.autoconfigure;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.election.Candidate;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;

/**
 * A node that may lead as soon as it has a replica: until then a node that has one is the
 * better leader, and the promotion of this one would not get beyond its second step.
 *
 * @param replication the replication of the node
 */
record ReplicaCandidate(Replication replication) implements Candidate {

	/**
	 * Returns what the election asks.
	 * @param replication the replication of the node, {@code null} without one
	 */
	static Candidate of(@Nullable Replication replication) {
		return (replication != null) ? new ReplicaCandidate(replication) : Candidate.always();
	}

	@Override
	public boolean isEligible() {
		return this.replication.status().state() != ReplicationStatus.State.RESTORING;
	}

	@Override
	public Epoch latestEpoch() {
		return this.replication.logEpoch();
	}

}
