package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.Optional;

import io.hacluster.Epoch;
import io.hacluster.election.HeldLease;

/**
 * The election as the lifecycle drives it. Methods are thread-safe.
 */
interface LeaseControl {

	/**
	 * Enters the election unless in it, also again after {@link #close()}. Returns at
	 * once.
	 * @param absence for how long to stay out of the race from now on, may be zero
	 */
	void start(Duration absence);

	/**
	 * Returns the lease this process holds. Never blocks.
	 * @return the lease, which may have run out, or empty
	 */
	Optional<HeldLease> heldLease();

	/**
	 * Gives a lease back, if it is still held. May block for a bounded time on the store.
	 * @param epoch the lease
	 */
	void release(Epoch epoch);

	/**
	 * Stays out of the race. Returns at once.
	 * @param duration from now on
	 */
	void standAside(Duration duration);

	/**
	 * Stays out of the race until told otherwise. Returns at once. Does nothing outside
	 * the election; entering it ends this.
	 * @param out whether to stay out
	 */
	void stayOut(boolean out);

	/**
	 * Leaves the election without giving a lease back: one that is still held runs out.
	 */
	void close();

}
