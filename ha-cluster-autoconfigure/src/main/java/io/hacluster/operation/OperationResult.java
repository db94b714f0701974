package io.hacluster.operation;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;

/**
 * What came of a wish.
 *
 * @param outcome how it ended
 * @param message the same for people, with what to do where it was refused
 * @param leader who leads afterwards, {@code null} if nobody is known to
 * @param epoch the epoch of that leader, 0 without one
 */
public record OperationResult(Outcome outcome, String message, @Nullable NodeId leader, long epoch) {

	/**
	 * The ways it can end.
	 */
	public enum Outcome {

		/**
		 * It is done, and has been seen to be.
		 */
		DONE,

		/**
		 * It is under way.
		 */
		ACCEPTED,

		/**
		 * It cannot be done now; nothing has been changed.
		 */
		REFUSED,

		/**
		 * It may lose data, and that has not been accepted; nothing has been changed.
		 */
		NOT_CONFIRMED,

		/**
		 * It was begun, and something else has come of it: the message and the leader
		 * tell what.
		 */
		FAILED,

		/**
		 * It was begun, and its end has not been seen in time.
		 */
		UNKNOWN

	}

}
