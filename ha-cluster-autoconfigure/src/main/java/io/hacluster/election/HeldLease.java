package io.hacluster.election;

import java.time.Duration;

import io.hacluster.Epoch;

/**
 * A lease that this process won. Its validity is a comparison of the monotonic clock with
 * the deadline, made on every call (invariant I2). Thread-safe.
 */
public interface HeldLease {

	/**
	 * Returns the epoch of this term.
	 * @return the epoch, unique to this lease
	 */
	Epoch epoch();

	/**
	 * Returns what is left until the deadline.
	 * @return the time left, zero or negative once the lease no longer holds
	 */
	Duration remaining();

	/**
	 * Returns whether the lease holds at the instant of the call.
	 * @return whether the deadline lies ahead
	 */
	default boolean isValid() {
		return this.remaining().compareTo(Duration.ZERO) > 0;
	}

}
