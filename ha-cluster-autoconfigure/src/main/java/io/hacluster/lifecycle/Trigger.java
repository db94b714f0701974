package io.hacluster.lifecycle;

/**
 * What can change the state of a node.
 */
enum Trigger {

	/**
	 * The lease has been won.
	 */
	GRANTED,

	/**
	 * All nine steps are done.
	 */
	PROMOTED,

	/**
	 * A step of the promotion has failed.
	 */
	FAILED,

	/**
	 * The lease no longer holds, or the log has refused this leader.
	 */
	LOST,

	/**
	 * The backend has failed. A leader restarts it here first.
	 */
	BACKEND_FAILED,

	/**
	 * Somebody wants this node to step down, or its backend cannot be kept running.
	 */
	STEP_DOWN,

	/**
	 * The node is in the follower's state.
	 */
	SETTLED

}
