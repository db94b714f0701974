package io.hacluster.lifecycle;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How one step went.
 *
 * @param name the fixed name of the step, such as {@code start-backend}
 * @param outcome how it ended
 * @param elapsed how long it took
 * @param detail why it was skipped or how it failed, for people; {@code null} for
 * {@link Outcome#DONE}
 */
public record StepReport(String name, Outcome outcome, Duration elapsed, @Nullable String detail) {

	/**
	 * Whether the state that the step is to bring about holds.
	 * @return whether the step was done, or there is nothing to do on this node
	 */
	public boolean succeeded() {
		return this.outcome == Outcome.DONE || this.outcome == Outcome.SKIPPED;
	}

	/**
	 * The ways a step can end.
	 */
	public enum Outcome {

		/**
		 * Done.
		 */
		DONE,

		/**
		 * Nothing to do: what the step is about does not exist on this node.
		 */
		SKIPPED,

		/**
		 * Failed, or was not begun because what it needs did not hold.
		 */
		FAILED,

		/**
		 * Did not end within its own timeout.
		 */
		TIMED_OUT,

		/**
		 * Interrupted by a lost lease or a step-down.
		 */
		INTERRUPTED

	}

}
