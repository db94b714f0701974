package io.hacluster.election;

import io.hacluster.Epoch;

/**
 * What the election asks its node before it takes a lease. Called on the renewal thread
 * while no lease is held, and only then; an exception keeps the node out of the race
 * until the next attempt.
 */
public interface Candidate {

	/**
	 * Returns whether this node may take the lease now. A node that is still stepping
	 * down, or cannot become leader, says no.
	 * @return whether to take the lease; must return at once
	 */
	boolean isEligible();

	/**
	 * Returns the greatest epoch in the replicated log, so that the next one is greater
	 * than every epoch that ever wrote, even if the lease store was wiped (invariant I7).
	 * @return the greatest epoch, {@link Epoch#NONE} if there is no log or it is empty
	 */
	Epoch latestEpoch();

	/**
	 * Takes note of the lease, whenever it has been read or written; also while it is
	 * held. Called on the renewal thread, before {@link #isEligible()} is asked again;
	 * must return at once.
	 * @param standing the lease
	 */
	default void observed(LeaseStanding standing) {
	}

	/**
	 * Returns a candidate that is always eligible and has no log.
	 * @return the candidate
	 */
	static Candidate always() {
		return new Candidate() {

			@Override
			public boolean isEligible() {
				return true;
			}

			@Override
			public Epoch latestEpoch() {
				return Epoch.NONE;
			}

		};
	}

}
