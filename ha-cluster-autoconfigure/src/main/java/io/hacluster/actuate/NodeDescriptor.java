package io.hacluster.actuate;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;

/**
 * A node and the leader that it knows.
 *
 * @param cluster the name of the cluster
 * @param nodeId this node
 * @param role its role
 * @param epoch the epoch of its term, or the latest one it has seen
 * @param leader the leader, {@code null} while there is none
 * @param position the last transaction applied here or acknowledged by the log,
 * {@code null} if nothing is replicated
 * @param lag seconds for which the oldest unshipped or unapplied transaction has been
 * waiting, {@code null} if nothing is replicated
 * @param state what the node is doing
 * @param paused whether the cluster is paused
 * @param address where the node can be reached, may be empty; like what follows
 * {@code null} until the node has published itself
 * @param labels its labels
 * @param priority its priority in elections
 * @param version the version of this library that it runs
 */
public record NodeDescriptor(String cluster, String nodeId, ClusterRole role, long epoch, @Nullable Leader leader,
		@Nullable Long position, @Nullable Double lag, String state, boolean paused, @Nullable String address,
		@Nullable Map<String, String> labels, @Nullable Integer priority, @Nullable String version) {

	/**
	 * A leader.
	 *
	 * @param nodeId the node
	 * @param since when this node first saw it lead
	 */
	public record Leader(String nodeId, Instant since) {
	}

}
