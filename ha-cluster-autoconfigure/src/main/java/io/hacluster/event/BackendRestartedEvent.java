package io.hacluster.event;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

/**
 * The backend of this node had failed, has been restarted and is healthy. The node has
 * led throughout. Delivered on the thread of the leadership events.
 *
 * @param cluster the cluster
 * @param nodeId this node
 * @param epoch the epoch of the term
 * @param restarts how many restarts there have been within the window, this one included
 */
public record BackendRestartedEvent(String cluster, NodeId nodeId, Epoch epoch, int restarts) {

}
