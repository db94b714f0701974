package io.hacluster.election;

import java.time.Duration;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

/**
 * The record of a lease as it stands in the store.
 *
 * @param holder the node that holds it, or held it last
 * @param nonce unique to one process start of that node (invariant I12)
 * @param epoch the fencing epoch of the term
 * @param state whether the lease is held or has been given back
 * @param address where the holder can be reached, for display; may be empty
 * @param duration how long the record must stand unchanged on an observer's own clock
 * before it may be taken over (invariant I6)
 */
public record Lease(NodeId holder, String nonce, Epoch epoch, State state, String address, Duration duration) {

	/**
	 * Returns this lease as given back.
	 * @return the same record in state {@link State#RELEASED}
	 */
	public Lease released() {
		return new Lease(this.holder, this.nonce, this.epoch, State.RELEASED, this.address, this.duration);
	}

	/**
	 * The two states of a lease record. The record is never deleted: an absent one means
	 * a new or wiped store, not an expired lease.
	 */
	public enum State {

		/**
		 * Somebody holds the lease, or has died holding it.
		 */
		HELD,

		/**
		 * The holder has finished its step-down and given the lease back.
		 */
		RELEASED

	}

}
