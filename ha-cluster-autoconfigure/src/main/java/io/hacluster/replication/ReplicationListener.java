package io.hacluster.replication;

import io.hacluster.FencedException;

/**
 * Told what happens to replication outside of the two sequences. Called on threads of the
 * replication; must not block.
 */
public interface ReplicationListener {

	/**
	 * A listener that does nothing.
	 */
	ReplicationListener NONE = new ReplicationListener() {
	};

	/**
	 * A local database has been set aside, because it holds, or may hold, transactions
	 * that the log lacks.
	 * @param database where it is now, and what is known of it
	 */
	default void diverged(DivergedDatabase database) {
	}

	/**
	 * A newer leader has fenced the log under this node, which ships nothing any more.
	 * @param cause names the newer leader
	 */
	default void fenced(FencedException cause) {
	}

}
