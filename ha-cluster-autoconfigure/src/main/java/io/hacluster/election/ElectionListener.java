package io.hacluster.election;

import java.util.Optional;

import io.hacluster.Epoch;

/**
 * Told about the election. Methods are called one at a time, off the renewal thread
 * (invariant I15); they should return soon, but a slow or throwing listener delays no
 * renewal (invariant I14).
 */
public interface ElectionListener {

	/**
	 * This process won the lease.
	 * @param lease the lease won
	 */
	void granted(HeldLease lease);

	/**
	 * A lease that was granted is no longer held; called once per grant, unless the
	 * holder itself gave it back by {@link LeaderElector#release}.
	 * @param epoch the epoch of the lost lease
	 * @param reason why, for people
	 */
	void lost(Epoch epoch, String reason);

	/**
	 * The record names another holder or epoch than before, or none.
	 * @param lease the record, empty while nobody is known to hold the lease
	 */
	void leaderChanged(Optional<Lease> lease);

}
