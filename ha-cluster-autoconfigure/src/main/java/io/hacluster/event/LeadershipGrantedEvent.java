package io.hacluster.event;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

/**
 * This node has completed its promotion and leads. Delivered at most once per epoch, on a
 * thread of its own, and only while the node still leads: {@code isLeader()} is true when
 * the first listener is called. For each delivered event a {@link LeadershipRevokedEvent}
 * of the same epoch follows, never the other way round.
 *
 * @param cluster the cluster
 * @param nodeId this node
 * @param epoch the epoch of the term
 */
public record LeadershipGrantedEvent(String cluster, NodeId nodeId, Epoch epoch) {

}
