package io.hacluster.actuate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.hacluster.Epoch;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionReport;

/**
 * Times the sequences and their steps: {@code ha.cluster.transitions} tagged
 * {@code sequence} and {@code outcome}, and {@code ha.cluster.steps} tagged also
 * {@code step}.
 */
public class StepMetrics implements StepObserver, MeterBinder {

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private final Tags tags;

	/**
	 * Creates the meters.
	 * @param tags added to each meter
	 */
	public StepMetrics(Tags tags) {
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		for (TransitionReport.Kind kind : TransitionReport.Kind.values()) {
			for (TransitionOutcome outcome : TransitionOutcome.values()) {
				transition(registry, kind, outcome);
			}
		}
	}

	@Override
	public void stepFinished(TransitionReport.Kind kind, Epoch epoch, StepReport step) {
		if (step.outcome() == StepReport.Outcome.SKIPPED) {
			return;
		}
		Tags stepTags = this.tags.and("sequence", MeterNames.tagValue(kind), "step", step.name(), "outcome",
				MeterNames.tagValue(step.outcome()));
		for (MeterRegistry registry : this.registries) {
			record(registry, "ha.cluster.steps", "Steps of becoming leader and of stepping down", stepTags,
					step.elapsed());
		}
	}

	@Override
	public void transitionFinished(TransitionReport transition) {
		TransitionOutcome outcome = (transition.failure() == null) ? TransitionOutcome.COMPLETED
				: TransitionOutcome.FAILED;
		for (MeterRegistry registry : this.registries) {
			transition(registry, transition.kind(), outcome).record(transition.elapsed());
		}
	}

	private Timer transition(MeterRegistry registry, TransitionReport.Kind kind, TransitionOutcome outcome) {
		return timer(registry, "ha.cluster.transitions", "Runs through the sequences",
				this.tags.and("sequence", MeterNames.tagValue(kind), "outcome", MeterNames.tagValue(outcome)));
	}

	private static void record(MeterRegistry registry, String name, String description, Tags tags, Duration elapsed) {
		timer(registry, name, description, tags).record(elapsed);
	}

	private static Timer timer(MeterRegistry registry, String name, String description, Tags tags) {
		return Timer.builder(name).description(description).tags(tags).register(registry);
	}

	private enum TransitionOutcome {

		COMPLETED, FAILED

	}

}
