package io.hacluster.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.vip.VirtualIp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A lifecycle whose parts only remember.
 */
final class LifecycleFixture implements StepObserver, AutoCloseable {

	static final Duration PATIENCE = Duration.ofSeconds(60);

	static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

	static final NodeIdentity IDENTITY = new NodeIdentity("test", new NodeId("node"), "nonce");

	static final SupervisionSettings NO_RESTARTS = supervision(0);

	final Recorder recorder = new Recorder();

	final FakeElection election = new FakeElection(this.recorder);

	final RecordingReplication replication = new RecordingReplication(this.recorder);

	final RecordingBackend backend = new RecordingBackend(this.recorder);

	final List<Object> events = new CopyOnWriteArrayList<>();

	final List<TransitionReport> transitions = new CopyOnWriteArrayList<>();

	final List<String> observed = new CopyOnWriteArrayList<>();

	volatile Consumer<Object> listener = (event) -> {
	};

	volatile boolean paused;

	StepTimeouts timeouts = new StepTimeouts(PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE);

	SupervisionSettings supervision = NO_RESTARTS;

	ClusterParts parts = new ClusterParts(this.replication, new RecordingVip(), this.backend);

	@Nullable ClusterLifecycle lifecycle;

	LifecycleSettings settings() {
		return new LifecycleSettings(FakeElection.LEASE, FakeElection.MARGIN, this.timeouts, this.supervision);
	}

	DrivenBackend drivenBackend() {
		return new DrivenBackend(this.backend, new BackendLease(IDENTITY, this.backend, settings()),
				new BackendSupervisor(this.supervision, this.election, CLOCK, () -> this.paused));
	}

	static SupervisionSettings supervision(int maxRestarts) {
		return new SupervisionSettings(Duration.ofMillis(20), PATIENCE, 3, maxRestarts, Duration.ofMinutes(10),
				Duration.ofMillis(10), Duration.ofMinutes(5));
	}

	LifecycleFixture start() {
		this.lifecycle = new ClusterLifecycle(IDENTITY, settings(), this.parts, this.election::listener, (event) -> {
			this.events.add(event);
			this.listener.accept(event);
		}, this, this.election, CLOCK, () -> this.paused);
		this.lifecycle.start();
		return this;
	}

	LifecycleFixture follow() {
		start();
		await().until(() -> this.election.started);
		this.recorder.clear();
		return this;
	}

	Epoch lead() {
		follow();
		Epoch epoch = this.election.grant();
		awaitState(LifecycleState.LEADER);
		return epoch;
	}

	ClusterLifecycle lifecycle() {
		ClusterLifecycle current = this.lifecycle;
		assertThat(current).isNotNull();
		return current;
	}

	void awaitState(LifecycleState state) {
		await().until(() -> lifecycle().status().state() == state);
	}

	void awaitCall(String call) {
		await().until(() -> this.recorder.calls().contains(call));
	}

	TransitionReport awaitTransition(TransitionReport.Kind kind) {
		return await().until(() -> this.transitions.stream().filter((it) -> it.kind() == kind).findFirst().orElse(null),
				(it) -> it != null);
	}

	@Override
	public void transitionStarted(TransitionReport.Kind kind, Epoch epoch, TransitionCause cause, String reason) {
		this.observed.add("begin " + kind + " " + cause);
	}

	@Override
	public void stepStarted(TransitionReport.Kind kind, Epoch epoch, String name) {
		this.observed.add("begin " + name);
	}

	@Override
	public void stepFinished(TransitionReport.Kind kind, Epoch epoch, StepReport step) {
		this.observed.add("end " + step.name() + " " + step.outcome());
	}

	@Override
	public void transitionFinished(TransitionReport transition) {
		this.observed.add("end " + transition.kind() + " " + transition.cause());
		this.transitions.add(transition);
	}

	@Override
	public void close() {
		if (this.lifecycle != null) {
			this.lifecycle.stop(Duration.ofSeconds(1));
		}
	}

	private final class RecordingVip implements VirtualIp {

		@Override
		public void acquire(Supplier<Duration> lifetime) {
			assertThat(lifetime.get()).isLessThanOrEqualTo(FakeElection.LEASE);
			LifecycleFixture.this.recorder.callUninterruptibly("acquire");
		}

		@Override
		public void release() {
			LifecycleFixture.this.recorder.callUninterruptibly("releaseVip");
		}

	}

}
