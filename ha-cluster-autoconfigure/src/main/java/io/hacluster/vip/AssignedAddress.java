package io.hacluster.vip;

/**
 * An address of this host.
 *
 * @param link index of the interface that it is on
 * @param address the address, with the prefix that it was added with
 * @param permanent whether it stays until somebody removes it
 * @param marked whether it bears the mark of ours
 */
record AssignedAddress(int link, CidrAddress address, boolean permanent, boolean marked) {

	/**
	 * Returns whether a node has put it there: by its mark or, where the kernel keeps no
	 * marks, because nobody else adds single addresses that pass away.
	 */
	boolean isOurs() {
		return this.marked || (!this.permanent && this.address.equals(this.address.alone()));
	}

}
