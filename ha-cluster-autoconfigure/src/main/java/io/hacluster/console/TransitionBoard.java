package io.hacluster.console;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepReport;
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
	public void stateChanged(LifecycleState from, LifecycleState to, Epoch epoch) {
		synchronized (this) {
			if (to == LifecycleState.PROMOTING) {
				begin(Kind.PROMOTION, epoch);
			}
			else if (to == LifecycleState.DEMOTING) {
				begin((from == LifecycleState.PROMOTING) ? Kind.UNWIND : Kind.STEP_DOWN, epoch);
			}
		}
		this.listener.run();
	}

	@Override
	public void stepFinished(Kind kind, Epoch epoch, StepReport step) {
		synchronized (this) {
			Transition current = this.transition;
			if (current == null || !current.running() || !current.isOf(kind, epoch)) {
				current = begin(kind, epoch);
			}
			List<StepReport> steps = new ArrayList<>(current.steps());
			steps.add(step);
			this.transition = new Transition(kind, epoch, current.startedAt(), steps, true, null);
		}
		this.listener.run();
	}

	@Override
	public void transitionFinished(TransitionReport report) {
		synchronized (this) {
			this.transition = new Transition(report.kind(), report.epoch(), report.startedAt(), report.steps(), false,
					report.failure());
		}
		this.listener.run();
	}

	private Transition begin(Kind kind, Epoch epoch) {
		Transition begun = new Transition(kind, epoch, this.clock.instant(), List.of(), true, null);
		this.transition = begun;
		return begun;
	}

	/**
	 * A transition of this node.
	 *
	 * @param kind which sequence
	 * @param epoch the epoch of the term
	 * @param startedAt when it began
	 * @param steps the steps that have ended, in order
	 * @param running whether it goes on
	 * @param failure the first failure, {@code null} if there was none
	 */
	record Transition(Kind kind, Epoch epoch, Instant startedAt, List<StepReport> steps, boolean running,
			@Nullable String failure) {

		Transition {
			steps = List.copyOf(steps);
		}

		/**
		 * A step-down turns into an urgent one without another beginning.
		 */
		private boolean isOf(Kind kind, Epoch epoch) {
			return this.epoch.equals(epoch) && (this.kind == kind || this.steps.isEmpty());
		}

	}

}
