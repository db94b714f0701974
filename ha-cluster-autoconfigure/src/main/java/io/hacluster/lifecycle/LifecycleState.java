package io.hacluster.lifecycle;

/**
 * What a node is doing. A node begins in {@link #DEMOTING}, for it first puts itself into
 * the follower's state whatever it finds.
 */
public enum LifecycleState {

	/**
	 * Follows, and takes part in the election unless it stands aside.
	 */
	FOLLOWER,

	/**
	 * Has won the lease and goes through the nine steps.
	 */
	PROMOTING,

	/**
	 * Leads.
	 */
	LEADER,

	/**
	 * Goes through the six steps, or unwinds a promotion, or settles after its start.
	 */
	DEMOTING

}
