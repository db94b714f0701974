package io.hacluster.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.member.TermHistory;

/**
 * The terms of a cluster.
 *
 * @param cluster the name of the cluster
 * @param terms the terms that are remembered, the newest first
 */
public record HistoryDescriptor(String cluster, List<Term> terms) {

	/**
	 * A term.
	 *
	 * @param epoch its epoch
	 * @param leader who led
	 * @param from when the promotion began, by the leader's wall clock
	 * @param to when it ended, {@code null} while it has not, or for a leader that died
	 * @param duration seconds from {@code from} to {@code to}, {@code null} without that
	 * @param reason why it ended, {@code null} like {@code to}
	 * @param promotion the steps of becoming leader, in order
	 * @param stepDown the steps of stepping down, in order
	 */
	public record Term(long epoch, String leader, Instant from, @Nullable Instant to, @Nullable Double duration,
			@Nullable String reason, List<Step> promotion, List<Step> stepDown) {

		static Term of(TermHistory.PastTerm term) {
			Instant to = term.to();
			return new Term(term.epoch(), term.leader().value(), term.from(), to,
					(to != null) ? Seconds.of(Duration.between(term.from(), to)) : null, term.reason(),
					term.promotion().stream().map(Step::of).toList(), term.stepDown().stream().map(Step::of).toList());
		}

	}

	/**
	 * A step.
	 *
	 * @param name its name
	 * @param outcome how it ended
	 * @param duration seconds that it took
	 */
	public record Step(String name, String outcome, double duration) {

		static Step of(TermHistory.StepTime step) {
			return new Step(step.name(), step.outcome(), Seconds.of(step.elapsed()));
		}

	}

}
