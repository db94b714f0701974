package io.hacluster.replication;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

/**
 * The record by which a leader closes the log to all leaders before it.
 *
 * @param logId identity of the log, made up by the first fence of an empty log; another
 * id means that the store was wiped
 * @param epoch epoch of the leader that fenced
 * @param node that leader
 * @param nonce its process start
 * @param offset the place of the fence: nothing of an older leader comes after it
 */
public record Fence(String logId, Epoch epoch, NodeId node, String nonce, LogOffset offset) {

}
