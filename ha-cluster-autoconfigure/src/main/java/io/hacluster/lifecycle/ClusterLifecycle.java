package io.hacluster.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.ElectionListener;

/**
 * The life of a node.
 */
public final class ClusterLifecycle {

	ClusterLifecycle(NodeIdentity identity, LifecycleSettings settings, ClusterParts parts,
			Function<ElectionListener, LeaseControl> election, Consumer<Object> events, StepObserver observer,
			Ticker ticker, Clock clock) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Begins: puts the node into the follower's state, then enters the election. Returns
	 * at once. Does nothing if already started; may be called again after {@link #stop}.
	 */
	public void start() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Steps down in order if this node leads, leaves the election and stops all threads.
	 * Does nothing if not started.
	 * @param timeout how long a planned step-down may take; what is not done by then is
	 * done in the urgent way
	 */
	public void stop(Duration timeout) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Returns whether this has been started and not stopped.
	 * @return whether it runs
	 */
	public boolean isRunning() {
		throw new UnsupportedOperationException();
	}

	/**
	 * To be called when the log has refused this leader: the lease counts as lost.
	 * Returns at once; does nothing on a node that does not lead.
	 * @param reason why, for people
	 */
	public void fenced(String reason) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Returns the leadership of this cluster as this node sees it.
	 * @return the same object at all times
	 */
	public Leadership leadership() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Returns how the node is. Never blocks.
	 * @return a snapshot
	 */
	public ClusterStatus status() {
		throw new UnsupportedOperationException();
	}

}
