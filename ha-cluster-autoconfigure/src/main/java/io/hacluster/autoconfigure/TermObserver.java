package io.hacluster.autoconfigure;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import io.hacluster.Epoch;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.member.ClusterMembers;
import io.hacluster.member.StoredTermHistory;
import io.hacluster.member.TermHistory.StepTime;

/**
 * Writes the terms of this node down, and has the members told at once of what changes.
 */
final class TermObserver implements StepObserver {

	private final StoredTermHistory history;

	private final ClusterMembers members;

	private final Clock clock;

	TermObserver(StoredTermHistory history, ClusterMembers members, Clock clock) {
		this.history = history;
		this.members = members;
		this.clock = clock;
	}

	@Override
	public void stateChanged(LifecycleState from, LifecycleState to, Epoch epoch) {
		if (to == LifecycleState.PROMOTING) {
			this.history.began(epoch.value(), this.clock.instant());
		}
		this.members.wake();
	}

	@Override
	public void transitionFinished(TransitionReport transition) {
		long epoch = transition.epoch().value();
		Instant end = transition.startedAt().plus(transition.elapsed());
		switch (transition.kind()) {
			case PROMOTION -> this.history.promoted(epoch, transition.startedAt(), steps(transition));
			case UNWIND ->
				this.history.ended(epoch, end, "was not promoted: " + transition.reason(), steps(transition));
			case STEP_DOWN, URGENT_STEP_DOWN -> this.history.ended(epoch, end, transition.reason(), steps(transition));
			case START_UP, RESTART -> {
				// Not about the term
			}
		}
		this.members.wake();
	}

	private static List<StepTime> steps(TransitionReport transition) {
		return transition.steps()
			.stream()
			.map((step) -> new StepTime(step.name(), step.outcome().name(), step.elapsed()))
			.toList();
	}

}
