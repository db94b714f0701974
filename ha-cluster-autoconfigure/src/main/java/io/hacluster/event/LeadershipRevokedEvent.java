package io.hacluster.event;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

/**
 * This node no longer leads. Delivered when a step-down begins, before its first step,
 * and exactly once for each delivered {@link LeadershipGrantedEvent}. A planned step-down
 * waits a bounded time for the listeners, so that they can finish their writes; a lost
 * lease does not wait.
 *
 * @param cluster the cluster
 * @param nodeId this node
 * @param epoch the epoch of the term that ended
 * @param reason why, for people
 */
public record LeadershipRevokedEvent(String cluster, NodeId nodeId, Epoch epoch, String reason) {

}
