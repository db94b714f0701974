package io.hacluster.member;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;

/**
 * The past terms of the cluster and the present one. Implementations are thread-safe.
 */
public interface TermHistory {

	/**
	 * Returns the terms that are remembered, the newest first. Never blocks.
	 * @return a bounded number of terms
	 */
	List<PastTerm> terms();

	/**
	 * A term.
	 *
	 * @param epoch its epoch
	 * @param leader who led
	 * @param from when the promotion began, by the leader's wall clock
	 * @param to when it ended, {@code null} while it has not, or for a leader that died:
	 * then the next term tells
	 * @param reason why it ended, for people; {@code null} like {@code to}
	 * @param promotion the steps of becoming leader, in order
	 * @param stepDown the steps of stepping down, in order; empty before
	 */
	record PastTerm(long epoch, NodeId leader, Instant from, @Nullable Instant to, @Nullable String reason,
			List<StepTime> promotion, List<StepTime> stepDown) {

		/**
		 * Creates a term.
		 */
		public PastTerm {
			promotion = List.copyOf(promotion);
			stepDown = List.copyOf(stepDown);
		}

	}

	/**
	 * How long a step took.
	 *
	 * @param name the name of the step
	 * @param outcome how it ended: the name of a step's outcome
	 * @param elapsed how long it took
	 */
	record StepTime(String name, String outcome, Duration elapsed) {
	}

}
