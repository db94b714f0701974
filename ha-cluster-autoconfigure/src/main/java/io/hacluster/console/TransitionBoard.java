package io.hacluster.console;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.lifecycle.TransitionReport.Kind;

/**
 * Keeps the transition that this node is in, step by step as it happens, and afterwards
 * the last one. Thread-safe.
 */
public final class TransitionBoard implements StepObserver {

	private final Clock clock;

	private volatile @Nullable Transition transition;

	private volatile Runnable listener = () -> {
	};

	/**
	 * Creates a board.
	 * @param clock tells when a transition began, for display
	 */
	public TransitionBoard(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Returns the transition that this node is in, or the last one.
	 */
	@Nullable Transition transition() {
		return this.transition;
	}

	/**
	 * Sets who is told of each change. It must return at once.
	 */
	void onChange(Runnable listener) {
		this.listener = listener;
	}

	@Override
	public void transitionStarted(Kind kind, Epoch epoch, TransitionCause cause, String reason) {
		change((before) -> new Transition(kind, epoch, reason, this.clock.instant(), List.of(), null, true, null));
	}

	@Override
	public void stepStarted(Kind kind, Epoch epoch, String name) {
		change((before) -> (before != null) ? before.begun(name) : null);
	}

	@Override
	public void stepFinished(Kind kind, Epoch epoch, StepReport step) {
		change((before) -> (before != null) ? before.ended(step) : null);
	}

	@Override
	public void transitionFinished(TransitionReport report) {
		change((before) -> new Transition(report.kind(), report.epoch(), report.reason(), report.startedAt(),
				report.steps(), null, false, report.failure()));
	}

	private void change(UnaryOperator<@Nullable Transition> change) {
		synchronized (this) {
			this.transition = change.apply(this.transition);
		}
		this.listener.run();
	}

	/**
	 * A transition of this node.
	 *
	 * @param kind which sequence
	 * @param epoch the epoch of the term
	 * @param reason what for
	 * @param startedAt when it began
	 * @param steps the steps that have ended, in order
	 * @param step the step that it is in, {@code null} between steps
	 * @param running whether it goes on
	 * @param failure the first failure, {@code null} if there was none
	 */
	record Transition(Kind kind, Epoch epoch, String reason, Instant startedAt, List<StepReport> steps,
			@Nullable String step, boolean running, @Nullable String failure) {

		Transition {
			steps = List.copyOf(steps);
		}

		private Transition begun(String name) {
			return new Transition(this.kind, this.epoch, this.reason, this.startedAt, this.steps, name, this.running,
					this.failure);
		}

		private Transition ended(StepReport step) {
			List<StepReport> ended = new ArrayList<>(this.steps);
			ended.add(step);
			return new Transition(this.kind, this.epoch, this.reason, this.startedAt, ended, null, this.running,
					this.failure);
		}

	}

}
