package io.hacluster.samples.application;

import io.hacluster.Leadership;
import io.hacluster.NodeId;

/**
 * Only the leader can do this, and this node is not the leader.
 */
class NotLeaderException extends RuntimeException {

	private final String leader;

	NotLeaderException(Leadership leadership) {
		super("This node does not lead");
		this.leader = leadership.leader().map(Leadership.Leader::nodeId).map(NodeId::value).orElse("");
	}

	/**
	 * Returns who leads.
	 * @return the id of the leader, empty while there is none
	 */
	String leader() {
		return this.leader;
	}

}
