package io.hacluster.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.operation.OperationRequest;
import io.hacluster.operation.OperationResult;

/**
 * What came of an action.
 *
 * @param outcome how it ended
 * @param message the same for people
 * @param leader who leads afterwards, {@code null} if nobody is known to
 * @param epoch the epoch of that leader, {@code null} without one
 * @param actions the legal actions
 */
public record ActionDescriptor(Outcome outcome, String message, @Nullable String leader, @Nullable Long epoch,
		List<String> actions) {

	static ActionDescriptor of(OperationResult result) {
		NodeId leader = result.leader();
		return new ActionDescriptor(Outcome.of(result.outcome()), result.message(),
				(leader != null) ? leader.value() : null, (leader != null) ? result.epoch() : null,
				OperationRequest.Action.texts());
	}

	static ActionDescriptor of(Outcome outcome, String message) {
		return new ActionDescriptor(outcome, message, null, null, OperationRequest.Action.texts());
	}

	/**
	 * The ways an action can end, and the HTTP statuses that say so. Those of Patroni's
	 * interface where it has one: 412 for what must not be done as things are, but 409
	 * for what this node cannot do at all now.
	 */
	public enum Outcome {

		/**
		 * It is done, and has been seen to be.
		 */
		DONE(200),

		/**
		 * It is under way.
		 */
		ACCEPTED(202),

		/**
		 * It was not understood; nothing has been changed.
		 */
		INVALID(400),

		/**
		 * It cannot be done now; nothing has been changed.
		 */
		REFUSED(409),

		/**
		 * It may lose data, and that has not been accepted; nothing has been changed.
		 */
		NOT_CONFIRMED(412),

		/**
		 * It was begun, and something else has come of it: the message and the leader
		 * tell what.
		 */
		FAILED(500),

		/**
		 * It was begun, and its end has not been seen in time. Not 503, which proxies
		 * take for an invitation to try again.
		 */
		UNKNOWN(504);

		private final int status;

		Outcome(int status) {
			this.status = status;
		}

		/**
		 * Returns the HTTP status.
		 * @return the status
		 */
		public int status() {
			return this.status;
		}

		private static Outcome of(OperationResult.Outcome outcome) {
			return switch (outcome) {
				case DONE -> DONE;
				case ACCEPTED -> ACCEPTED;
				case REFUSED -> REFUSED;
				case NOT_CONFIRMED -> NOT_CONFIRMED;
				case FAILED -> FAILED;
				case UNKNOWN -> UNKNOWN;
			};
		}

	}

}
