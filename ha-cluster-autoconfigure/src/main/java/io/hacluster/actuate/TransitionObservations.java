package io.hacluster.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.actuate.HaClusterObservation.Key;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;

/**
 * Makes an observation of each run through a sequence, and of each of its steps. Handlers
 * are called on a thread of its own, moments later.
 */
public final class TransitionObservations implements StepObserver, AutoCloseable {

	private final NodeIdentity identity;

	private final ObservationRegistry registry;

	private final SideThread thread;

	// Only for the thread
	private @Nullable Observation transition;

	// Only for the thread
	private @Nullable Observation step;

	/**
	 * Creates the observer.
	 * @param identity this node
	 * @param registry where the observations are handled
	 */
	public TransitionObservations(NodeIdentity identity, ObservationRegistry registry) {
		this.identity = identity;
		this.registry = registry;
		this.thread = new SideThread(identity, "observations");
	}

	@Override
	public void transitionStarted(TransitionReport.Kind kind, Epoch epoch, TransitionCause cause, String reason) {
		this.thread.run(() -> this.transition = observation(HaClusterObservation.TRANSITION, kind, epoch)
			.contextualName(MeterNames.tagValue(kind))
			.lowCardinalityKeyValue(Key.CAUSE.withValue(MeterNames.tagValue(cause)))
			.highCardinalityKeyValue(Key.REASON.withValue(reason))
			.start());
	}

	@Override
	public void stepStarted(TransitionReport.Kind kind, Epoch epoch, String name) {
		this.thread.run(() -> this.step = begin(kind, epoch, name));
	}

	@Override
	public void stepFinished(TransitionReport.Kind kind, Epoch epoch, StepReport report) {
		if (report.outcome() != StepReport.Outcome.SKIPPED) {
			this.thread.run(() -> {
				// A step that was not begun has only ended.
				Observation current = (this.step != null) ? this.step : begin(kind, epoch, report.name());
				this.step = null;
				end(current, MeterNames.tagValue(report.outcome()), report.succeeded() ? null : report.detail());
			});
		}
	}

	@Override
	public void transitionFinished(TransitionReport report) {
		this.thread.run(() -> {
			Observation current = this.transition;
			this.transition = null;
			if (current != null) {
				end(current, MeterNames.outcome(report), report.failure());
			}
		});
	}

	/**
	 * Handles what there is, for a bounded time, and ends the thread.
	 */
	@Override
	public void close() {
		this.thread.close();
	}

	private Observation begin(TransitionReport.Kind kind, Epoch epoch, String name) {
		return observation(HaClusterObservation.STEP, kind, epoch).contextualName(name)
			.lowCardinalityKeyValue(Key.STEP.withValue(name))
			.parentObservation(this.transition)
			.start();
	}

	private Observation observation(HaClusterObservation type, TransitionReport.Kind kind, Epoch epoch) {
		return type.observation(this.registry)
			.lowCardinalityKeyValue(Key.CLUSTER.withValue(this.identity.cluster()))
			.lowCardinalityKeyValue(Key.NODE.withValue(this.identity.nodeId().value()))
			.lowCardinalityKeyValue(Key.SEQUENCE.withValue(MeterNames.tagValue(kind)))
			.highCardinalityKeyValue(Key.EPOCH.withValue(Long.toString(epoch.value())));
	}

	private static void end(Observation observation, String outcome, @Nullable String failure) {
		observation.lowCardinalityKeyValue(Key.OUTCOME.withValue(outcome));
		if (failure != null) {
			observation.error(new HaClusterException(failure));
		}
		observation.stop();
	}

}
