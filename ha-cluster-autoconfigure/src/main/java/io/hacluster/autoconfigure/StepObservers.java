package io.hacluster.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;

/**
 * Tells several observers; one that throws keeps nothing from the others.
 */
final class StepObservers implements StepObserver {

	private static final Logger logger = LoggerFactory.getLogger(StepObservers.class);

	private final List<StepObserver> observers;

	StepObservers(List<StepObserver> observers) {
		this.observers = List.copyOf(observers);
	}

	@Override
	public void stateChanged(LifecycleState from, LifecycleState to, Epoch epoch) {
		tell((observer) -> observer.stateChanged(from, to, epoch));
	}

	@Override
	public void transitionStarted(TransitionReport.Kind kind, Epoch epoch, TransitionCause cause, String reason) {
		tell((observer) -> observer.transitionStarted(kind, epoch, cause, reason));
	}

	@Override
	public void stepStarted(TransitionReport.Kind kind, Epoch epoch, String name) {
		tell((observer) -> observer.stepStarted(kind, epoch, name));
	}

	@Override
	public void stepFinished(TransitionReport.Kind kind, Epoch epoch, StepReport step) {
		tell((observer) -> observer.stepFinished(kind, epoch, step));
	}

	@Override
	public void transitionFinished(TransitionReport transition) {
		tell((observer) -> observer.transitionFinished(transition));
	}

	private void tell(Consumer<StepObserver> call) {
		for (StepObserver observer : this.observers) {
			try {
				call.accept(observer);
			}
			catch (RuntimeException ex) {
				logger.warn("Observer {} failed", observer, ex);
			}
		}
	}

}
