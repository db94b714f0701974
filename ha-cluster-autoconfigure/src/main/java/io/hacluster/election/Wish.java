package io.hacluster.election;

/**
 * What a process wants of a lease.
 */
enum Wish {

	/**
	 * Know who holds it.
	 */
	OBSERVE,

	/**
	 * Take it when it is free.
	 */
	HOLD,

	/**
	 * Give it back.
	 */
	RELEASE

}
