package io.hacluster.operation;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;

/**
 * What an operator can ask for, on any node of the cluster unless said otherwise.
 * Implementations are thread-safe. Methods that wait can be interrupted; they then return
 * {@link OperationResult.Outcome#UNKNOWN}.
 */
public interface ClusterOperations {

	/**
	 * Makes this node step down, if it leads. Returns at once.
	 * @return accepted or refused
	 */
	OperationResult stepDown();

	/**
	 * Makes the leader hand over, in order and without loss, and waits for the new
	 * leader.
	 * @param target who is to lead, {@code null} for the best of those who qualify
	 * @param timeout how long to wait for the outcome
	 * @return done; refused, with the reason, if no node qualifies; unknown if the time
	 * is up
	 */
	OperationResult switchover(@Nullable NodeId target, Duration timeout);

	/**
	 * Makes a node leader although it would not become it by itself, as far as the lease
	 * permits: a leader that is there steps down first, so that nothing is lost. Where
	 * none is, or it does not answer while it has the lease, something may be.
	 * @param target who is to lead
	 * @param acceptDataLoss whether it may be done if transactions may be lost
	 * @param timeout how long to wait for the outcome
	 * @return done, saying what may be lost if anything; not confirmed, saying what may
	 * be lost by going on; refused; failed; or unknown
	 */
	OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout);

	/**
	 * Has the cluster do nothing by itself: nobody is promoted, nothing is started or
	 * stopped, the leader keeps its lease.
	 * @param reason why, for people; may be empty
	 * @return done, also if it is paused already
	 */
	OperationResult pause(String reason);

	/**
	 * Ends a pause.
	 * @return done, also if there is none
	 */
	OperationResult resume();

	/**
	 * Asks this node for a snapshot of the database, if it leads. Returns at once.
	 * @return accepted or refused
	 */
	OperationResult snapshot();

}
