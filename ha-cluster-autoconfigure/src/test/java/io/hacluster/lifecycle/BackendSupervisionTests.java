package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.event.BackendFailedEvent;
import io.hacluster.event.BackendRestartedEvent;
import io.hacluster.lifecycle.BackendStatus.State;
import io.hacluster.lifecycle.TransitionReport.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what a leader does about a backend that fails, with parts that only remember
 * and a clock that only the test turns.
 */
class BackendSupervisionTests {

	private static final Duration PATIENCE = LifecycleFixture.PATIENCE;

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final String COOL = "standAside " + LifecycleFixture.NO_RESTARTS.cooling().toSeconds();

	private static final BackendHealth UP = new BackendHealth(Status.UP, "runs");

	private final LifecycleFixture fixture = new LifecycleFixture();

	private final Recorder recorder = this.fixture.recorder;

	private final CountDownLatch blocked = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.blocked.countDown();
		this.fixture.close();
	}

	@Test
	void backendThatEndsIsRestartedWhileTheNodeLeadsAndReplicates() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		Epoch epoch = this.fixture.lead();
		this.recorder.clear();
		CountDownLatch restarting = blockOn("start");
		exit();
		this.fixture.awaitCall("start");
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
		assertThat(backend().state()).isEqualTo(State.RESTARTING);
		assertThat(backend().lastFailure().message()).isEqualTo("exited with code 3; last output: no space");
		restarting.countDown();
		awaitBackend(State.UP);
		assertThat(calls()).containsExactly("stop", "start");
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
		assertThat(this.fixture.awaitTransition(Kind.RESTART).steps()).extracting(StepReport::name)
			.containsExactly("stop-backend", "start-backend");
		await().until(() -> this.fixture.events.size() >= 4);
		assertThat(this.fixture.events).filteredOn((event) -> event.getClass().getSimpleName().startsWith("Backend"))
			.containsExactly(
					new BackendFailedEvent("test", LifecycleFixture.IDENTITY.nodeId(), epoch,
							"The backend exited with code 3; last output: no space"),
					new BackendRestartedEvent("test", LifecycleFixture.IDENTITY.nodeId(), epoch, 1));
		assertThat(backend().totals()).isEqualTo(new BackendStatus.Totals(2, 1, 1));
	}

	@Test
	void backendThatIsUnhealthyButAliveIsRestarted() {
		// Peer defect 23: the health endpoint was never called.
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.on("stop", () -> this.fixture.backend.health = UP);
		this.fixture.backend.health = new BackendHealth(Status.DOWN, "answers 503");
		awaitTotals(2, 1, 1);
		awaitBackend(State.UP);
		assertThat(backend().lastFailure().message()).isEqualTo("is not healthy: answers 503");
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
	}

	@Test
	void backendThatDoesNotAnswerIsRestarted() {
		this.fixture.supervision = new SupervisionSettings(Duration.ofMillis(20), Duration.ofMillis(1), 3, 3,
				Duration.ofMinutes(10), Duration.ZERO, Duration.ofMinutes(5));
		this.fixture.lead();
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		this.fixture.backend.beforeAnswer = () -> {
			if (Thread.currentThread().getName().contains("health")) {
				asked.countDown();
				awaitIgnoringInterrupts(answer);
			}
		};
		await().until(() -> asked.getCount() == 0);
		// The clock of the test stands still unless it is turned.
		await().until(() -> {
			this.fixture.election.renew();
			this.fixture.election.pass(Duration.ofMillis(10));
			return backend().totals().restarts() > 0;
		});
		assertThat(backend().lastFailure().message()).isEqualTo("is not healthy: has not answered within 1 ms");
		answer.countDown();
	}

	@Test
	void crashLoopEndsInAStepDownAndInCooling() {
		// Peer defect 12: after three failed restarts the leader kept the address with a
		// dead backend.
		this.fixture.supervision = LifecycleFixture.supervision(3);
		Epoch epoch = this.fixture.lead();
		this.recorder.clear();
		this.recorder.on("start", () -> {
			throw new BackendException("exited with code 1");
		});
		exit();
		this.fixture.awaitCall("release " + epoch);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(calls()).containsSubsequence("stop", "start", "stop", "start", "stop", "start", "stopSnapshots",
				"stopPrimary", "stop", "flush", "releaseVip", "startFollowing", "awaitCaughtUp", COOL,
				"release " + epoch);
		assertThat(this.recorder.calls().stream().filter("start"::equals)).hasSize(3);
		assertThat(backend().state()).isEqualTo(State.STOPPED);
		assertThat(backend().coolingUntil()).isNotNull();
		assertThat(backend().totals()).isEqualTo(new BackendStatus.Totals(4, 4, 3));
		assertThat(this.fixture.lifecycle().status().lastFailure().message()).contains("exited with code 1",
				"after 3 restarts");
		assertThat(this.fixture.events).filteredOn(BackendFailedEvent.class::isInstance).hasSize(4);
	}

	@Test
	void backendThatEndsWhileTheClusterIsPausedIsLeftAloneUntilItResumes() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.clear();
		this.fixture.paused = true;
		this.fixture.backend.health = new BackendHealth(Status.STOPPED, "exited with code 3");
		exit();
		awaitBackend(State.DOWN);
		await().during(SHORT).until(() -> calls().isEmpty() && this.fixture.lifecycle().leadership().isLeader());
		this.recorder.on("start", () -> this.fixture.backend.health = UP);
		this.fixture.paused = false;
		awaitBackend(State.UP);
		assertThat(calls()).containsExactly("stop", "start");
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
	}

	@Test
	void restartsUnderWayEndWhenTheClusterIsPausedWithoutAStepDown() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.clear();
		this.fixture.backend.health = new BackendHealth(Status.STOPPED, "exited with code 1");
		this.recorder.on("start", () -> {
			this.fixture.paused = true;
			throw new BackendException("exited with code 1");
		});
		exit();
		awaitBackend(State.DOWN);
		await().during(SHORT).until(() -> this.fixture.lifecycle().leadership().isLeader());
		assertThat(calls()).containsExactly("stop", "start");
	}

	@Test
	void singleNodeLeadsAgainAfterTheCoolingAndNoSooner() {
		this.fixture.supervision = LifecycleFixture.supervision(0);
		this.fixture.lead();
		exit();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains(COOL);
		this.fixture.election.expire();
		this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		assertThat(backend().state()).isEqualTo(State.UP);
	}

	@Test
	void withoutRestartsTheLeaderStepsDownAtOnce() {
		Epoch epoch = this.fixture.lead();
		this.recorder.clear();
		exit();
		this.fixture.awaitCall("release " + epoch);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains(COOL).doesNotContain("start");
		assertThat(this.fixture.lifecycle().status().lastFailure().message()).contains("exited with code 3");
	}

	@Test
	void backendThatIsFoundStoppedLeadsToAStepDown() {
		Epoch epoch = this.fixture.lead();
		this.fixture.backend.health = new BackendHealth(Status.STOPPED, "container has exited");
		this.fixture.awaitCall("release " + epoch);
	}

	@Test
	void backendThatEndsDuringThePromotionUnwindsItAndCools() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.recorder.on("awaitDatabase", this.blocked::await);
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("awaitDatabase");
		exit();
		this.fixture.awaitCall("release " + epoch);
		assertThat(this.recorder.calls()).contains("stop", "releaseVip", COOL).containsOnlyOnce("start");
	}

	@Test
	void backendThatDoesNotStartCools() {
		// Otherwise all nodes would take turns as fast as leases are given back.
		this.recorder.on("start", () -> {
			throw new BackendException("no such program");
		});
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("release " + epoch);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains(COOL).doesNotContain("standAside " + FakeElection.LEASE.toSeconds());
		assertThat(backend().totals()).isEqualTo(new BackendStatus.Totals(1, 1, 0));
		await().until(() -> this.fixture.events.stream()
			.anyMatch((event) -> event instanceof BackendFailedEvent failed
					&& failed.reason().equals("start-backend failed: no such program")));
	}

	@Test
	void coolingOutlastsLeavingTheElection() {
		this.recorder.on("stop", () -> {
			this.recorder.reset("stop");
			throw new BackendException("may still be running");
		});
		this.fixture.lead();
		this.recorder.clear();
		AtomicInteger attempts = new AtomicInteger();
		this.recorder.on("stop", () -> {
			if (attempts.incrementAndGet() < 3) {
				throw new BackendException("may still be running");
			}
		});
		exit();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		await().until(() -> this.fixture.election.started);
		assertThat(this.recorder.calls()).contains("leave");
		assertThat(this.fixture.election.absence).isEqualTo(LifecycleFixture.NO_RESTARTS.cooling());
	}

	@Test
	void stepDownDuringARestartComesAtOnce() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		for (String call : List.of("stop", "start")) {
			Epoch epoch = leadAgain();
			CountDownLatch interrupted = interruptible(call);
			exit();
			this.fixture.awaitCall(call);
			assertThat(this.fixture.lifecycle().leadership().stepDown()).isTrue();
			await().until(() -> interrupted.getCount() == 0);
			this.fixture.awaitCall("release " + epoch);
			this.fixture.awaitState(LifecycleState.FOLLOWER);
			assertThat(this.recorder.calls()).contains("stop", "flush", "releaseVip").doesNotContain(COOL);
		}
	}

	@Test
	void stepDownDuringTheBackoffComesAtOnce() {
		this.fixture.supervision = new SupervisionSettings(Duration.ofMillis(20), PATIENCE, 3, 3,
				Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofMinutes(5));
		this.fixture.lead();
		exit();
		awaitTotals(2, 1, 1);
		awaitBackend(State.UP);
		exit();
		awaitTotals(2, 2, 2);
		assertThat(backend().state()).isEqualTo(State.RESTARTING);
		assertThat(this.fixture.lifecycle().leadership().stepDown()).isTrue();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
	}

	@Test
	void lostLeaseDuringARestartStepsDownAtOnceAndStartsNothing() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.clear();
		CountDownLatch interrupted = interruptible("stop");
		exit();
		this.fixture.awaitCall("stop");
		this.fixture.election.lose();
		await().until(() -> interrupted.getCount() == 0);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.fixture.awaitTransition(Kind.URGENT_STEP_DOWN).failure()).isNull();
		assertThat(this.recorder.calls()).doesNotContain("start", COOL);
	}

	@Test
	void restartWhenTheLeaseHasRunOutUnnoticedStartsNothingAndStepsDown() {
		// A node frozen between the stop and the start.
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.clear();
		this.recorder.on("stop", this.fixture.election::expire);
		exit();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains("flush", "releaseVip").doesNotContain("start");
	}

	@Test
	void thawedLeaderWhoseBackendWasKilledStepsDownAndRestartsNothing() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.clear();
		// Frozen for longer than the lease; the backend's end is the first it hears of.
		this.fixture.election.expire();
		this.fixture.backend.health = new BackendHealth(Status.STOPPED, "exited with code 137 (signal 9)");
		this.fixture.backend.exitListener.accept("exited with code 137 (signal 9)");
		int prolonged = this.fixture.backend.prolonged.size();
		await().during(SHORT).until(() -> !this.recorder.calls().contains("start"));
		this.fixture.election.lose();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains("stop", "releaseVip").doesNotContain("start", COOL);
		assertThat(this.fixture.backend.prolonged).hasSizeLessThanOrEqualTo(prolonged + 1);
		assertThat(backend().totals().restarts()).isZero();
	}

	@Test
	void backendThatHangsOnStopDuringARestartIsGivenUpAfterItsTimeout() {
		// Peer defect 11: a restart made the later stop hang, and the address stayed.
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.clear();
		this.recorder.on("stop", () -> {
			this.recorder.reset("stop");
			throw new BackendException("killed but has not ended");
		});
		exit();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains(COOL).doesNotContain("start");
		assertThat(calls()).containsSubsequence("stop", "stopPrimary", "stop", "flush", "releaseVip");
	}

	@Test
	void backendThatDoesNotGetHealthyDuringARestartIsGivenUpAfterTheStartTimeout() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.timeouts = new StepTimeouts(PATIENCE, PATIENCE, PATIENCE, SHORT, PATIENCE, PATIENCE, PATIENCE);
		Epoch epoch = this.fixture.lead();
		this.fixture.backend.health = new BackendHealth(Status.DOWN, "answers 503");
		this.fixture.awaitCall("release " + epoch);
		assertThat(backend().totals().restarts()).isEqualTo(1);
		assertThat(this.fixture.lifecycle().status().lastFailure().message())
			.contains("could not be restarted: The backend is not healthy after 300 ms: answers 503");
	}

	@Test
	void backendThatHangsOnStartDuringARestartIsGivenUpAfterTheStartTimeout() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.timeouts = new StepTimeouts(PATIENCE, PATIENCE, PATIENCE, SHORT, PATIENCE, PATIENCE, PATIENCE);
		Epoch epoch = this.fixture.lead();
		this.recorder.on("start", this.blocked::await);
		exit();
		this.fixture.awaitCall("release " + epoch);
		assertThat(calls()).containsSubsequence("start", "stopPrimary", "stop", "flush", "releaseVip", COOL);
		assertThat(backend().totals().restarts()).isEqualTo(1);
	}

	@Test
	void backendThatEndsAgainWhileItIsRestartedGetsTheNextRestart() {
		this.fixture.supervision = LifecycleFixture.supervision(3);
		this.fixture.lead();
		this.recorder.on("start", () -> {
			this.recorder.reset("start");
			exit();
		});
		exit();
		awaitTotals(3, 2, 2);
		awaitBackend(State.UP);
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
	}

	private Epoch leadAgain() {
		if (this.fixture.lifecycle == null) {
			this.fixture.follow();
		}
		this.recorder.clear();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		this.recorder.clear();
		return epoch;
	}

	private CountDownLatch interruptible(String call) {
		CountDownLatch interrupted = new CountDownLatch(1);
		this.recorder.on(call, () -> {
			this.recorder.reset(call);
			try {
				this.blocked.await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw ex;
			}
		});
		return interrupted;
	}

	private CountDownLatch blockOn(String call) {
		CountDownLatch latch = new CountDownLatch(1);
		this.recorder.on(call, latch::await);
		return latch;
	}

	private static void awaitIgnoringInterrupts(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			Thread.interrupted();
			Thread.onSpinWait();
		}
	}

	private void exit() {
		this.fixture.backend.exitListener.accept("exited with code 3; last output: no space");
	}

	private List<String> calls() {
		return this.recorder.calls().stream().filter((call) -> !call.equals("acquire")).toList();
	}

	private BackendStatus backend() {
		return this.fixture.lifecycle().status().backend();
	}

	private void awaitBackend(State state) {
		await().until(() -> backend().state() == state);
	}

	private void awaitTotals(int starts, int failures, int restarts) {
		await().until(() -> backend().totals().equals(new BackendStatus.Totals(starts, failures, restarts)));
	}

}
