package io.hacluster.actuate;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.hacluster.Epoch;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.lifecycle.TransitionReport.Kind;

/**
 * Times the sequences and their steps: {@code ha.cluster.transitions} tagged
 * {@code sequence}, {@code cause} and {@code outcome}, and {@code ha.cluster.steps}
 * tagged also {@code step} but not {@code cause}.
 */
public class StepMetrics implements StepObserver, MeterBinder {

	/**
	 * What there usually is. These meters are there from the beginning, because the first
	 * increase of a meter that appears with it is not seen by anybody.
	 */
	private static final Map<Kind, Set<TransitionCause>> CAUSES = Map.of(Kind.START_UP,
			EnumSet.of(TransitionCause.SETTLING), Kind.PROMOTION, EnumSet.of(TransitionCause.ELECTED), Kind.RESTART,
			EnumSet.of(TransitionCause.BACKEND_FAILED), Kind.UNWIND,
			EnumSet.of(TransitionCause.BACKEND_FAILED, TransitionCause.STEP_FAILED, TransitionCause.LEASE_LOST),
			Kind.STEP_DOWN,
			EnumSet.of(TransitionCause.REQUESTED, TransitionCause.SHUTDOWN, TransitionCause.BACKEND_FAILED),
			Kind.URGENT_STEP_DOWN, EnumSet.of(TransitionCause.LEASE_LOST, TransitionCause.FENCED));

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
		CAUSES.forEach((kind, causes) -> causes.forEach((cause) -> List.of(MeterNames.COMPLETED, MeterNames.FAILED)
			.forEach((outcome) -> transition(registry, kind, cause, outcome))));
	}

	@Override
	public void stepFinished(Kind kind, Epoch epoch, StepReport step) {
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
		for (MeterRegistry registry : this.registries) {
			transition(registry, transition.kind(), transition.cause(), MeterNames.outcome(transition))
				.record(transition.elapsed());
		}
	}

	private Timer transition(MeterRegistry registry, Kind kind, TransitionCause cause, String outcome) {
		return timer(registry, "ha.cluster.transitions", "Runs through the sequences", this.tags.and("sequence",
				MeterNames.tagValue(kind), "cause", MeterNames.tagValue(cause), "outcome", outcome));
	}

	private static void record(MeterRegistry registry, String name, String description, Tags tags, Duration elapsed) {
		timer(registry, name, description, tags).record(elapsed);
	}

	private static Timer timer(MeterRegistry registry, String name, String description, Tags tags) {
		return Timer.builder(name).description(description).tags(tags).register(registry);
	}

}
