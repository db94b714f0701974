package io.hacluster.vip;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * The address at which clients find the leader. A bean of this type is driven by the two
 * sequences; without one the steps for the virtual IP fall away.
 */
public interface VirtualIp {

	/**
	 * Takes the address and announces it, or prolongs its life.
	 * @param lifetime what is left of the lease, the calling thread may ask at any time
	 * during the call: the address must vanish by itself after that unless it is acquired
	 * again. It is no mere number because a process can be frozen after it has read one
	 */
	void acquire(Supplier<Duration> lifetime);

	/**
	 * Gives the address up; does nothing where it is not held.
	 */
	void release();

}
