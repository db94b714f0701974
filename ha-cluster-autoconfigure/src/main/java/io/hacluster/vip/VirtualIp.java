package io.hacluster.vip;

import java.time.Duration;

/**
 * The address at which clients find the leader. A bean of this type is driven by the two
 * sequences; without one the steps for the virtual IP fall away.
 */
public interface VirtualIp {

	/**
	 * Takes the address and announces it.
	 * @param lifetime what is left of the lease: the address must vanish by itself after
	 * that unless it is acquired again
	 */
	void acquire(Duration lifetime);

	/**
	 * Gives the address up; does nothing where it is not held.
	 */
	void release();

}
