package io.hacluster.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;

/**
 * How one run through a sequence went.
 *
 * @param kind which sequence
 * @param epoch the epoch of the term, {@link Epoch#NONE} for {@link Kind#START_UP}
 * @param cause what it was begun for
 * @param reason the same for people
 * @param startedAt when, by the wall clock and for display only
 * @param elapsed how long it took in all
 * @param steps the steps in the order they were run
 * @param failure the first failure, for people; {@code null} if every step succeeded
 */
public record TransitionReport(Kind kind, Epoch epoch, TransitionCause cause, String reason, Instant startedAt,
		Duration elapsed, List<StepReport> steps, @Nullable String failure) {

	/**
	 * Creates a report.
	 */
	public TransitionReport {
		steps = List.copyOf(steps);
	}

	/**
	 * Kinds of sequences.
	 */
	public enum Kind {

		/**
		 * After the start, and again while it fails: into the follower's state.
		 */
		START_UP,

		/**
		 * The nine steps.
		 */
		PROMOTION,

		/**
		 * The undoing of a promotion that did not complete.
		 */
		UNWIND,

		/**
		 * The stop and start of the backend of a leader, after it has failed.
		 */
		RESTART,

		/**
		 * The six steps with the lease still held.
		 */
		STEP_DOWN,

		/**
		 * The six steps within the margin, because the lease is lost.
		 */
		URGENT_STEP_DOWN

	}

}
