package io.hacluster.member;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;

/**
 * What a node says of itself.
 *
 * @param nodeId the node
 * @param nonce the boot nonce of its process
 * @param version the version of this library that it runs
 * @param role its role
 * @param state what it is doing, the name of its lifecycle state; {@code STOPPED} once it
 * has left in order
 * @param epoch the epoch of the term it leads, or the latest it has seen
 * @param position the last transaction applied there or acknowledged by the log,
 * {@code null} if nothing is replicated
 * @param lag for how long the oldest transaction that it has not applied or shipped has
 * been waiting, {@code null} if nothing is replicated
 * @param backend the state of its backend, {@code null} without one
 * @param address where it can be reached, may be empty
 * @param labels its labels
 * @param priority its priority in elections, 0 for a node that never leads
 * @param eligible whether it could lead now, apart from how far it is behind
 * @param failure the last thing that went wrong there, {@code null} if nothing has
 * @param leaseDuration the lease duration it is configured with
 * @param at when it said so, by its wall clock and for display only
 * @param obstacle what keeps it from leading now, {@code null} if nothing does or it does
 * not say
 */
public record Member(NodeId nodeId, String nonce, String version, ClusterRole role, String state, long epoch,
		@Nullable Long position, @Nullable Duration lag, @Nullable String backend, String address,
		Map<String, String> labels, int priority, boolean eligible, @Nullable String failure, Duration leaseDuration,
		Instant at, @Nullable String obstacle) {

	/**
	 * The state of a node that has left in order.
	 */
	public static final String STOPPED = "STOPPED";

	/**
	 * Creates a member.
	 */
	public Member {
		labels = Map.copyOf(labels);
	}

	/**
	 * Creates a member that does not say what keeps it from leading.
	 * @param nodeId the node
	 * @param nonce the boot nonce of its process
	 * @param version the version of this library that it runs
	 * @param role its role
	 * @param state what it is doing
	 * @param epoch the epoch of the term it leads, or the latest it has seen
	 * @param position the last transaction applied there or acknowledged by the log
	 * @param lag for how long the oldest that is not has been waiting
	 * @param backend the state of its backend
	 * @param address where it can be reached
	 * @param labels its labels
	 * @param priority its priority in elections
	 * @param eligible whether it could lead now
	 * @param failure the last thing that went wrong there
	 * @param leaseDuration the lease duration it is configured with
	 * @param at when it said so
	 */
	public Member(NodeId nodeId, String nonce, String version, ClusterRole role, String state, long epoch,
			@Nullable Long position, @Nullable Duration lag, @Nullable String backend, String address,
			Map<String, String> labels, int priority, boolean eligible, @Nullable String failure,
			Duration leaseDuration, Instant at) {
		this(nodeId, nonce, version, role, state, epoch, position, lag, backend, address, labels, priority, eligible,
				failure, leaseDuration, at, null);
	}

}
