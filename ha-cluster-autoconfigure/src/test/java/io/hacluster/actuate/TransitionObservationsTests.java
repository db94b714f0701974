package io.hacluster.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.StrictCurrentTraceContext;
import brave.propagation.TraceContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.StepReport.Outcome;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.lifecycle.TransitionReport.Kind;

import static org.assertj.core.api.Assertions.assertThat;

class TransitionObservationsTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("c", new NodeId("a"), "nonce");

	private static final Epoch EPOCH = new Epoch(7);

	@Test
	void sequenceIsAnObservationWithItsStepsAsChildren() {
		TestObservationRegistry registry = TestObservationRegistry.create();
		observe(registry, null);
		TestObservationRegistryAssert.assertThat(registry)
			.hasNumberOfObservationsEqualTo(3)
			.hasObservationWithNameEqualTo("ha.cluster.transition")
			.that()
			.hasContextualNameEqualTo("promotion")
			.hasLowCardinalityKeyValue("cluster", "c")
			.hasLowCardinalityKeyValue("node", "a")
			.hasLowCardinalityKeyValue("sequence", "promotion")
			.hasLowCardinalityKeyValue("cause", "elected")
			.hasLowCardinalityKeyValue("outcome", "completed")
			.hasHighCardinalityKeyValue("epoch", "7")
			.hasHighCardinalityKeyValue("reason", "won the election")
			.doesNotHaveError()
			.hasBeenStarted()
			.hasBeenStopped();
		TestObservationRegistryAssert.assertThat(registry)
			.hasAnObservation((step) -> step.hasContextualNameEqualTo("catch-up")
				.hasNameEqualTo("ha.cluster.step")
				.hasParentObservation()
				.hasLowCardinalityKeyValue("sequence", "promotion")
				.hasLowCardinalityKeyValue("step", "catch-up")
				.hasLowCardinalityKeyValue("outcome", "done")
				.hasHighCardinalityKeyValue("epoch", "7"));
	}

	@Test
	void failureIsTheErrorOfTheStepAndOfTheSequence() {
		TestObservationRegistry registry = TestObservationRegistry.create();
		observe(registry, "no such program");
		TestObservationRegistryAssert.assertThat(registry)
			.hasAnObservation((step) -> step.hasContextualNameEqualTo("start-backend")
				.hasLowCardinalityKeyValue("outcome", "failed")
				.assertThatError()
				.isInstanceOf(HaClusterException.class)
				.hasMessage("no such program"))
			.hasAnObservation((transition) -> transition.hasContextualNameEqualTo("promotion")
				.hasLowCardinalityKeyValue("outcome", "failed")
				.assertThatError()
				.hasMessage("start-backend: no such program"));
	}

	@Test
	void stepThatWasNotBegunIsObservedAndOneThatWasSkippedIsNot() {
		TestObservationRegistry registry = TestObservationRegistry.create();
		try (TransitionObservations observations = new TransitionObservations(IDENTITY, registry)) {
			observations.stepFinished(Kind.PROMOTION, EPOCH, step("acquire-vip", Outcome.SKIPPED, "there is none"));
			observations.stepFinished(Kind.PROMOTION, EPOCH, step("catch-up", Outcome.FAILED, "not begun"));
		}
		TestObservationRegistryAssert.assertThat(registry).hasNumberOfObservationsEqualTo(1);
	}

	@Test
	void failoverIsOneTrace() {
		List<MutableSpan> spans = new CopyOnWriteArrayList<>();
		try (StrictCurrentTraceContext current = StrictCurrentTraceContext.create();
				Tracing tracing = Tracing.newBuilder()
					.currentTraceContext(current)
					.addSpanHandler(new Collector(spans))
					.build()) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig()
				.observationHandler(new DefaultTracingObservationHandler(
						new BraveTracer(tracing.tracer(), new BraveCurrentTraceContext(current))));
			observe(registry, "no such program");
		}
		assertThat(spans).extracting(MutableSpan::name).containsExactly("catch-up", "start-backend", "promotion");
		MutableSpan promotion = spans.get(2);
		assertThat(spans).extracting(MutableSpan::traceId).containsOnly(promotion.traceId());
		assertThat(promotion.parentId()).isNull();
		assertThat(spans.subList(0, 2)).extracting(MutableSpan::parentId).containsOnly(promotion.id());
		assertThat(spans).allSatisfy((span) -> assertThat(span.finishTimestamp()).isPositive());
		assertThat(spans.get(1).error()).hasMessage("no such program");
		assertThat(promotion.tag("cause")).isEqualTo("elected");
	}

	@Test
	void handlerThatBlocksDoesNotHoldUpTheNode() throws InterruptedException {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new Blocking(called, released));
		try (TransitionObservations observations = new TransitionObservations(IDENTITY, registry)) {
			// Many more than are kept
			for (int i = 0; i < 2000; i++) {
				observations.stepStarted(Kind.PROMOTION, EPOCH, "catch-up");
			}
			called.await();
			released.countDown();
		}
	}

	private static void observe(ObservationRegistry registry, @Nullable String failure) {
		try (TransitionObservations observations = new TransitionObservations(IDENTITY, registry)) {
			observations.transitionStarted(Kind.PROMOTION, EPOCH, TransitionCause.ELECTED, "won the election");
			observations.stepStarted(Kind.PROMOTION, EPOCH, "catch-up");
			observations.stepFinished(Kind.PROMOTION, EPOCH, step("catch-up", Outcome.DONE, null));
			observations.stepFinished(Kind.PROMOTION, EPOCH, step("acquire-vip", Outcome.SKIPPED, "there is none"));
			observations.stepStarted(Kind.PROMOTION, EPOCH, "start-backend");
			observations.stepFinished(Kind.PROMOTION, EPOCH,
					step("start-backend", (failure != null) ? Outcome.FAILED : Outcome.DONE, failure));
			observations.transitionFinished(new TransitionReport(Kind.PROMOTION, EPOCH, TransitionCause.ELECTED,
					"won the election", Instant.EPOCH, Duration.ZERO, List.of(),
					(failure != null) ? "start-backend: " + failure : null));
		}
	}

	private static StepReport step(String name, Outcome outcome, @Nullable String detail) {
		return new StepReport(name, outcome, Duration.ofMillis(5), detail);
	}

	private static final class Collector extends SpanHandler {

		private final List<MutableSpan> spans;

		Collector(List<MutableSpan> spans) {
			this.spans = spans;
		}

		@Override
		public boolean end(TraceContext context, MutableSpan span, Cause cause) {
			this.spans.add(new MutableSpan(context, span));
			return true;
		}

	}

	private record Blocking(CountDownLatch called,
			CountDownLatch released) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			this.called.countDown();
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
