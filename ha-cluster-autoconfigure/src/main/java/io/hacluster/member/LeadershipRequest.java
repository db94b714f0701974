package io.hacluster.member;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;

/**
 * An operator's wish that the leadership moves, as all nodes see it. There is one at a
 * time. It asks and does not decide: who leads is the lease's alone.
 *
 * @param id unique to the wish, 1 to 64 characters
 * @param kind which wish it is
 * @param fromEpoch the epoch of the term that it is to end, 0 if nobody leads; it is void
 * once there is a later term
 * @param target who is to lead, {@code null} for the best of those who qualify
 * @param acceptDataLoss whether it may be done if transactions may be lost
 * @param requestedBy the node that took the wish
 * @param at when, by that node's wall clock and for display only
 * @param state how far it has come
 * @param message the same for people, may be empty; at most 1000 characters are stored
 */
public record LeadershipRequest(String id, Kind kind, long fromEpoch, @Nullable NodeId target, boolean acceptDataLoss,
		NodeId requestedBy, Instant at, State state, String message) {

	/**
	 * Returns the same wish in another state.
	 * @param next how far it has come
	 * @param text the same for people
	 * @return the wish
	 */
	public LeadershipRequest in(State next, String text) {
		return new LeadershipRequest(this.id, this.kind, this.fromEpoch, this.target, this.acceptDataLoss,
				this.requestedBy, this.at, next, text);
	}

	/**
	 * Returns whether there is still something to be done.
	 * @return whether it is requested or accepted
	 */
	public boolean isOpen() {
		return this.state == State.REQUESTED || this.state == State.ACCEPTED;
	}

	/**
	 * The kinds of wishes.
	 */
	public enum Kind {

		/**
		 * In order and without loss.
		 */
		SWITCHOVER,

		/**
		 * Although the target would not lead by itself.
		 */
		FAILOVER

	}

	/**
	 * How far a wish has come.
	 */
	public enum State {

		/**
		 * Nobody has taken it up.
		 */
		REQUESTED,

		/**
		 * Somebody acts on it.
		 */
		ACCEPTED,

		/**
		 * It is done.
		 */
		DONE,

		/**
		 * It cannot be done; nothing has been changed.
		 */
		REFUSED,

		/**
		 * It was begun, and has not succeeded.
		 */
		FAILED

	}

}
