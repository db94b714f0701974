package io.hacluster.event;

import org.jspecify.annotations.Nullable;

import io.hacluster.Leadership.Leader;
import io.hacluster.NodeId;

/**
 * The cluster has another leader than before, or none, as this node sees it. When several
 * changes follow each other faster than the listeners work, only the latest is delivered.
 *
 * @param cluster the cluster
 * @param nodeId this node, the one that saw the change
 * @param leader the leader, {@code null} while there is none
 */
public record LeaderChangedEvent(String cluster, NodeId nodeId, @Nullable Leader leader) {

}
