package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.event.LeaderChangedEvent;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the events of {@link ClusterLifecycle}.
 */
class LeadershipEventsTests {

	private final LifecycleFixture fixture = new LifecycleFixture();

	private final CountDownLatch blocked = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.blocked.countDown();
		this.fixture.close();
	}

	@Test
	void grantedIsDeliveredWhileTheNodeIsLeader() {
		List<Boolean> leads = new CopyOnWriteArrayList<>();
		this.fixture.listener = (event) -> {
			if (event instanceof LeadershipGrantedEvent) {
				leads.add(this.fixture.lifecycle().leadership().isLeader());
			}
		};
		this.fixture.lead();
		await().until(() -> leads.equals(List.of(true)));
	}

	@Test
	void revokedIsDeliveredBeforeTheFirstStepOfAPlannedStepDown() {
		this.fixture.listener = (event) -> {
			if (event instanceof LeadershipRevokedEvent) {
				assertThat(this.fixture.lifecycle().leadership().isLeader()).isFalse();
				this.fixture.recorder.record("revoked");
			}
		};
		Epoch epoch = this.fixture.lead();
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("release " + epoch);
		assertThat(this.fixture.recorder.calls()).containsSubsequence("revoked", "stopSnapshots", "stop");
	}

	@Test
	void revokedIsDeliveredWhenTheNodeIsStopped() {
		Epoch epoch = this.fixture.lead();
		this.fixture.lifecycle().stop(LifecycleFixture.PATIENCE);
		assertThat(leadershipEvents()).containsExactly("granted " + epoch, "revoked " + epoch);
	}

	@Test
	void listenerThatHangsDelaysNeitherStepDownNorFencing() {
		// I14.
		this.fixture.timeouts = new StepTimeouts(LifecycleFixture.PATIENCE, LifecycleFixture.PATIENCE,
				LifecycleFixture.PATIENCE, LifecycleFixture.PATIENCE, LifecycleFixture.PATIENCE,
				LifecycleFixture.PATIENCE, Duration.ofMillis(300));
		this.fixture.listener = (event) -> {
			try {
				this.blocked.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
		Epoch first = this.fixture.lead();
		this.fixture.election.lose();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		Epoch second = this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("release " + second);
		assertThat(this.fixture.events).hasSizeLessThanOrEqualTo(1);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		Epoch third = this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		this.blocked.countDown();
		await().untilAsserted(() -> assertThat(leadershipEvents()).endsWith("granted " + third));
		assertThat(leadershipEvents()).doesNotContain("granted " + second, "revoked " + second);
		assertAlternating(first);
	}

	@Test
	void listenersThatAreSlowOrThrowSeeStrictAlternation() {
		// I14, with a printed seed.
		long seed = new Random().nextLong();
		Random random = new Random(seed);
		this.fixture.listener = (event) -> {
			await().pollDelay(Duration.ofMillis(random.nextInt(8))).until(() -> true);
			if (random.nextInt(3) == 0) {
				throw new IllegalStateException("listener is broken");
			}
		};
		this.fixture.follow();
		Epoch last = Epoch.NONE;
		for (int i = 0; i < 60; i++) {
			last = this.fixture.election.grant();
			if (random.nextInt(4) > 0) {
				this.fixture.awaitState(LifecycleState.LEADER);
			}
			if (random.nextBoolean() || !this.fixture.lifecycle().leadership().stepDown()) {
				this.fixture.election.lose();
			}
			this.fixture.awaitState(LifecycleState.FOLLOWER);
			awaitSettled(last);
		}
		this.fixture.lifecycle().stop(LifecycleFixture.PATIENCE);
		assertAlternating(seed);
		assertThat(leadershipEvents()).as("seed %d", seed).hasSizeGreaterThan(10);
	}

	@Test
	void leaderChangedCarriesTheLeaderAndIsDeliveredOncePerChange() {
		Epoch epoch = this.fixture.lead();
		await().until(() -> this.fixture.events.stream().anyMatch(LeaderChangedEvent.class::isInstance));
		LeaderChangedEvent event = this.fixture.events.stream()
			.filter(LeaderChangedEvent.class::isInstance)
			.map(LeaderChangedEvent.class::cast)
			.findFirst()
			.orElseThrow();
		assertThat(event.leader()).isNotNull();
		assertThat(event.leader().nodeId()).isEqualTo(new NodeId("node"));
		assertThat(event.leader().epoch()).isEqualTo(epoch);
	}

	private void awaitSettled(Epoch epoch) {
		// A lost term that had not begun yet is over without any transition.
		await().until(() -> this.fixture.transitions.stream()
			.anyMatch((it) -> it.epoch().equals(epoch) && it.kind() != TransitionReport.Kind.PROMOTION));
		this.fixture.awaitState(LifecycleState.FOLLOWER);
	}

	private void assertAlternating(Object hint) {
		AtomicReference<Epoch> open = new AtomicReference<>();
		AtomicReference<Epoch> previous = new AtomicReference<>(Epoch.NONE);
		for (Object event : this.fixture.events) {
			if (event instanceof LeadershipGrantedEvent granted) {
				assertThat(open.get()).as("granted while granted, %s", hint).isNull();
				assertThat(granted.epoch()).as("epochs rise, %s", hint).isGreaterThan(previous.get());
				open.set(granted.epoch());
				previous.set(granted.epoch());
			}
			else if (event instanceof LeadershipRevokedEvent revoked) {
				assertThat(revoked.epoch()).as("revoked of the term that was granted, %s", hint).isEqualTo(open.get());
				open.set(null);
			}
		}
	}

	private List<String> leadershipEvents() {
		List<String> names = new ArrayList<>();
		for (Object event : this.fixture.events) {
			if (event instanceof LeadershipGrantedEvent granted) {
				names.add("granted " + granted.epoch());
			}
			else if (event instanceof LeadershipRevokedEvent revoked) {
				names.add("revoked " + revoked.epoch());
			}
		}
		return names;
	}

}
