package io.hacluster.lifecycle;

/**
 * What a run through a sequence was begun for: the few kinds of reasons that meters,
 * traces and audit distinguish.
 */
public enum TransitionCause {

	/**
	 * The node has been started, or a sequence has to be completed.
	 */
	SETTLING,

	/**
	 * The node has won the election.
	 */
	ELECTED,

	/**
	 * Somebody asked for it.
	 */
	REQUESTED,

	/**
	 * The application is being stopped.
	 */
	SHUTDOWN,

	/**
	 * The lease was lost to the clock or the store.
	 */
	LEASE_LOST,

	/**
	 * The log has refused this leader, because a newer one has fenced it.
	 */
	FENCED,

	/**
	 * The backend has failed, or could not be started.
	 */
	BACKEND_FAILED,

	/**
	 * A step of the promotion has failed.
	 */
	STEP_FAILED;

	/**
	 * Returns what a signal is the cause of.
	 * @param stopping whether the node is being stopped
	 */
	static TransitionCause of(Signal signal, boolean stopping) {
		return switch (signal.trigger()) {
			case GRANTED -> ELECTED;
			case PROMOTED, SETTLED -> SETTLING;
			case FAILED -> signal.isOfBackend() ? BACKEND_FAILED : STEP_FAILED;
			case BACKEND_FAILED -> BACKEND_FAILED;
			case STEP_DOWN -> signal.isOfBackend() ? BACKEND_FAILED : (stopping ? SHUTDOWN : REQUESTED);
			case LOST -> signal.isLeaseLost() ? LEASE_LOST : (stopping ? SHUTDOWN : FENCED);
		};
	}

}
