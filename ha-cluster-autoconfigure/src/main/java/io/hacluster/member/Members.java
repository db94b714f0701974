package io.hacluster.member;

import java.util.function.Consumer;

/**
 * Knows the nodes of the cluster. Implementations are thread-safe.
 */
public interface Members {

	/**
	 * Returns the cluster as this node sees it. Never blocks.
	 * @return a snapshot
	 */
	ClusterView view();

	/**
	 * Tells a listener of each change, from now on.
	 * @param listener called on a thread of this object; must return at once; what it
	 * throws is logged and otherwise ignored
	 * @return ends it
	 */
	Subscription subscribe(Consumer<ClusterView> listener);

	/**
	 * A listener's subscription.
	 */
	@FunctionalInterface
	interface Subscription extends AutoCloseable {

		/**
		 * Ends it. Does nothing the second time.
		 */
		@Override
		void close();

	}

}
