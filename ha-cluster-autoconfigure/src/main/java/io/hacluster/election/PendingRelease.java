package io.hacluster.election;

import java.util.concurrent.CompletableFuture;

import io.hacluster.Epoch;

/**
 * A lease that is being given back. Only a look at the record, or a successful write,
 * tells that it is: a write without an answer is tried again (invariant I8).
 *
 * @param epoch the epoch of the term that has ended
 * @param done told whether the store has it as released
 * @param until the reading of the ticker at which the lease has expired anyway
 */
record PendingRelease(Epoch epoch, CompletableFuture<Boolean> done, long until) {

	/**
	 * Looks whether there is nothing left to do.
	 * @param claim the claim to the lease
	 * @param outcome how the last call to the store ended
	 * @param now the reading of the ticker
	 * @return whether the release is over
	 */
	boolean conclude(LeaseClaim claim, Outcome outcome, long now) {
		boolean known = outcome instanceof Outcome.Found || outcome instanceof Outcome.Written;
		Lease lease = claim.ownRecord();
		Lease.State state = (lease != null && lease.epoch().equals(this.epoch)) ? lease.state() : null;
		boolean released = state == Lease.State.RELEASED;
		boolean over = (known && state != Lease.State.HELD) || now - this.until >= 0;
		if (over) {
			this.done.complete(known && released);
		}
		return over;
	}

}
