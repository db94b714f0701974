package io.hacluster;

import java.time.Instant;
import java.util.Optional;

/**
 * The leadership of this cluster as seen by this node. Implementations are thread-safe
 * and none of the methods blocks on the network.
 */
public interface Leadership {

	/**
	 * Returns the id of this node.
	 * @return this node
	 */
	NodeId nodeId();

	/**
	 * Returns whether this node leads, has been promoted, and its lease still holds at
	 * the instant of the call. The answer turns to {@code false} by the passage of time
	 * alone; no thread has to run for it.
	 * @return whether work that only the leader may do may be done now
	 */
	boolean isLeader();

	/**
	 * Returns the role of this node; {@link ClusterRole#LEADER} exactly when
	 * {@link #isLeader()}.
	 * @return the role
	 */
	ClusterRole role();

	/**
	 * Returns the epoch of the term this node leads, or the latest one it has seen.
	 * @return the epoch, {@link Epoch#NONE} if none has been seen
	 */
	Epoch epoch();

	/**
	 * Returns the leader that this node knows of.
	 * @return the leader, empty while there is none
	 */
	Optional<Leader> leader();

	/**
	 * Asks this node to step down in the fixed order and to stay out of the race for one
	 * lease duration. Returns at once; does nothing on a node that does not lead.
	 * @return whether a step-down has been set off
	 */
	boolean stepDown();

	/**
	 * A leader as this node knows it.
	 *
	 * @param nodeId the leader
	 * @param epoch the epoch of its term
	 * @param since when this node first saw it lead, by the wall clock and for display
	 * only
	 */
	record Leader(NodeId nodeId, Epoch epoch, Instant since) {
	}

}
