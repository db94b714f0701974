package io.hacluster;

/**
 * This process as a member of its cluster.
 *
 * @param cluster the cluster's name
 * @param nodeId the node
 * @param nonce unique to this process start, so that a restart under the same id is
 * another holder (invariant I12)
 */
public record NodeIdentity(String cluster, NodeId nodeId, String nonce) {

	/**
	 * Returns the label that leads each log line.
	 * @return {@code cluster/node}
	 */
	@Override
	public String toString() {
		return this.cluster + "/" + this.nodeId;
	}

}
