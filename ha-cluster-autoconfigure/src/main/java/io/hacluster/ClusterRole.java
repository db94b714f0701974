package io.hacluster;

/**
 * What a node is to the cluster right now.
 */
public enum ClusterRole {

	/**
	 * Holds no lease; keeps a live replica.
	 */
	FOLLOWER,

	/**
	 * Holds the lease and has been promoted.
	 */
	LEADER

}
