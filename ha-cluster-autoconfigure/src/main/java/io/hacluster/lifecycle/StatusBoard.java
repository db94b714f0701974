package io.hacluster.lifecycle;

import java.time.Clock;
import java.time.Instant;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.lifecycle.ClusterStatus.Failure;
import io.hacluster.lifecycle.StepReport.Outcome;

/**
 * Where states, steps and failures are written up: for the status, the log and the
 * observer. Thread-safe.
 */
final class StatusBoard {

	private static final Logger logger = LoggerFactory.getLogger(ClusterLifecycle.class);

	private final NodeIdentity identity;

	private final StepObserver observer;

	private final Clock clock;

	private volatile @Nullable String currentStep;

	private volatile @Nullable TransitionReport lastTransition;

	private volatile @Nullable Failure lastFailure;

	StatusBoard(NodeIdentity identity, StepObserver observer, Clock clock) {
		this.identity = identity;
		this.observer = observer;
		this.clock = clock;
	}

	Instant now() {
		return this.clock.instant();
	}

	@Nullable String currentStep() {
		return this.currentStep;
	}

	@Nullable TransitionReport lastTransition() {
		return this.lastTransition;
	}

	@Nullable Failure lastFailure() {
		return this.lastFailure;
	}

	void stateChanged(LifecycleState from, LifecycleState to, Epoch epoch, String reason) {
		logger.info("[{}] {} -> {} (epoch {}): {}", this.identity, from, to, epoch, reason);
		tell(() -> this.observer.stateChanged(from, to, epoch));
	}

	void transitionStarted(TransitionReport.Kind kind, Epoch epoch, TransitionCause cause, String reason) {
		tell(() -> this.observer.transitionStarted(kind, epoch, cause, reason));
	}

	void stepStarted(TransitionReport.Kind kind, Epoch epoch, String name) {
		this.currentStep = name;
		logger.debug("[{}] Step {}", this.identity, name);
		tell(() -> this.observer.stepStarted(kind, epoch, name));
	}

	void stepFailed(String name, Throwable cause) {
		logger.debug("[{}] Step {} failed", this.identity, name, cause);
	}

	void stepFinished(TransitionReport.Kind kind, Epoch epoch, StepReport step) {
		this.currentStep = null;
		if (step.succeeded()) {
			logger.debug("[{}] Step {} {} after {} ms", this.identity, step.name(), step.outcome(),
					step.elapsed().toMillis());
		}
		else {
			logger.warn("[{}] Step {} {} after {} ms: {}", this.identity, step.name(), step.outcome(),
					step.elapsed().toMillis(), step.detail());
		}
		tell(() -> this.observer.stepFinished(kind, epoch, step));
	}

	void transitionFinished(TransitionReport transition) {
		this.lastTransition = transition;
		if (transition.failure() != null) {
			boolean interrupted = transition.steps().stream().allMatch(StatusBoard::succeededOrInterrupted);
			failure(transition.kind() + (interrupted ? " was interrupted in step " : " failed in step ")
					+ transition.failure());
		}
		else if (transition.kind() == TransitionReport.Kind.PROMOTION) {
			this.lastFailure = null;
		}
		logger.info("[{}] {} took {} ms (epoch {}): {}", this.identity, transition.kind(),
				transition.elapsed().toMillis(), transition.epoch(), timings(transition));
		tell(() -> this.observer.transitionFinished(transition));
	}

	void failure(String message) {
		logger.warn("[{}] {}", this.identity, message);
		this.lastFailure = new Failure(now(), message);
	}

	private static String timings(TransitionReport transition) {
		return transition.steps()
			.stream()
			.filter((step) -> step.outcome() != Outcome.SKIPPED)
			.map((step) -> step.name() + " " + step.elapsed().toMillis() + " ms")
			.collect(Collectors.joining(", "));
	}

	void failed(String message, Throwable cause) {
		logger.error("[{}] {}", this.identity, message, cause);
		this.lastFailure = new Failure(now(), message + ": " + cause);
	}

	private static boolean succeededOrInterrupted(StepReport report) {
		return report.succeeded() || report.outcome() == Outcome.INTERRUPTED;
	}

	private void tell(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] An observer of the lifecycle failed", this.identity, ex);
		}
	}

}
