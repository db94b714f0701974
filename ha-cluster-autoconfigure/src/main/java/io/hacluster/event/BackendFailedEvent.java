package io.hacluster.event;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

/**
 * The backend of this node has failed: its service has ended by itself, has given too
 * many failed answers in a row, or has not come up. While restarts are left it is
 * restarted here, and a {@link BackendRestartedEvent} says that this has worked;
 * otherwise the node steps down, and stays out of the race for a time. Delivered on the
 * thread of the leadership events.
 *
 * @param cluster the cluster
 * @param nodeId this node
 * @param epoch the epoch of the term
 * @param reason how, with the last words of the service, for people
 */
public record BackendFailedEvent(String cluster, NodeId nodeId, Epoch epoch, String reason) {

}
