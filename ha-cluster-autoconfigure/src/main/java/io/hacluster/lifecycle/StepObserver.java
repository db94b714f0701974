package io.hacluster.lifecycle;

import io.hacluster.Epoch;

/**
 * Told about states, steps and sequences, for metrics and audit. Called on the threads of
 * the lifecycle: methods must return at once; what they throw is logged and otherwise
 * ignored.
 */
public interface StepObserver {

	/**
	 * An observer that ignores everything.
	 */
	StepObserver NONE = new StepObserver() {
	};

	/**
	 * The node has changed its state.
	 * @param from the state before
	 * @param to the state now
	 * @param epoch the epoch of the term, {@link Epoch#NONE} outside one
	 */
	default void stateChanged(LifecycleState from, LifecycleState to, Epoch epoch) {
	}

	/**
	 * A sequence begins. Its end follows, before another begins.
	 * @param kind which sequence
	 * @param epoch the epoch of the term, {@link Epoch#NONE} outside one
	 * @param cause what for
	 * @param reason the same for people
	 */
	default void transitionStarted(TransitionReport.Kind kind, Epoch epoch, TransitionCause cause, String reason) {
	}

	/**
	 * A step begins. Steps that are skipped or not begun only end.
	 * @param kind the sequence it belongs to
	 * @param epoch the epoch of the term
	 * @param name the fixed name of the step
	 */
	default void stepStarted(TransitionReport.Kind kind, Epoch epoch, String name) {
	}

	/**
	 * A step has ended.
	 * @param kind the sequence it belongs to
	 * @param epoch the epoch of the term
	 * @param step how it went
	 */
	default void stepFinished(TransitionReport.Kind kind, Epoch epoch, StepReport step) {
	}

	/**
	 * A sequence has ended.
	 * @param transition how it went
	 */
	default void transitionFinished(TransitionReport transition) {
	}

}
