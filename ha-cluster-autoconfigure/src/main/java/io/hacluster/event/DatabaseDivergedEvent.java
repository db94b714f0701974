package io.hacluster.event;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

/**
 * This node has set its database aside, because it holds, or may hold, transactions that
 * the log lacks: typically after a crash, when another node has led since. The command
 * {@code diff} lists the rows. Delivered on the thread of the leadership events.
 *
 * @param cluster the cluster
 * @param nodeId this node
 * @param epoch the last epoch that the database has been part of, {@link Epoch#NONE} if
 * unknown
 * @param file where the database is now
 * @param branchTxid the last transaction that it has in common with the log, {@code null}
 * if unknown
 * @param reason why, for people
 */
public record DatabaseDivergedEvent(String cluster, NodeId nodeId, Epoch epoch, Path file, @Nullable Long branchTxid,
		String reason) {

}
