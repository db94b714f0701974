package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.election.HeldLease;
import io.hacluster.lifecycle.BackendStatus.State;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BackendSupervisor} and {@link RestartBudget}, on a clock that only the
 * test turns.
 */
class BackendSupervisorTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration WINDOW = Duration.ofMinutes(10);

	private static final Duration COOLING = Duration.ofSeconds(30);

	private static final BackendHealth UP = new BackendHealth(Status.UP, "runs");

	private static final BackendHealth DOWN = new BackendHealth(Status.DOWN, "answers 503");

	private static final BackendHealth STOPPED = new BackendHealth(Status.STOPPED, "exited with code 3");

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND.toNanos());

	private final FakeLease lease = new FakeLease();

	private boolean paused;

	private BackendSupervisor supervisor = supervisor(3, 3);

	@BeforeEach
	void start() {
		startService();
	}

	@Test
	void failedAnswersInARowAreAFailureAtTheConfiguredNumber() {
		assertThat(answer(DOWN)).isEmpty();
		assertThat(answer(DOWN)).isEmpty();
		assertThat(this.supervisor.status().state()).isEqualTo(State.DOWN);
		assertThat(this.supervisor.status().consecutiveFailures()).isEqualTo(2);
		Signal signal = answer(DOWN).orElseThrow();
		assertThat(signal.trigger()).isEqualTo(Trigger.BACKEND_FAILED);
		assertThat(signal.epoch()).isEqualTo(this.lease.epoch());
		assertThat(signal.reason()).isEqualTo("is not healthy: answers 503");
		BackendStatus status = this.supervisor.status();
		assertThat(status.state()).isEqualTo(State.FAILED);
		assertThat(status.lastFailure().message()).contains("answers 503");
		assertThat(status.totals()).isEqualTo(new BackendStatus.Totals(1, 1, 0));
	}

	@Test
	void goodAnswerInBetweenBeginsTheCountAnew() {
		answer(DOWN);
		answer(DOWN);
		assertThat(answer(UP)).isEmpty();
		assertThat(this.supervisor.status().consecutiveFailures()).isZero();
		answer(DOWN);
		assertThat(answer(DOWN)).isEmpty();
	}

	@Test
	void serviceThatHasEndedHasFailedAtOnceAndOnlyOnce() {
		assertThat(answer(STOPPED)).isPresent();
		assertThat(answer(STOPPED)).isEmpty();
		assertThat(this.supervisor.exited("exited with code 3")).isEmpty();
		assertThat(this.supervisor.status().totals().failures()).isEqualTo(1);
	}

	@Test
	void exitIsAFailureAtOnce() {
		assertThat(this.supervisor.exited("exited with code 3"))
			.hasValueSatisfying((signal) -> assertThat(signal.reason()).isEqualTo("exited with code 3"));
	}

	@Test
	void answerToAQuestionOfAFormerLifeIsIgnored() {
		long asked = this.supervisor.life();
		this.supervisor.exited("exited with code 3");
		this.supervisor.restart();
		startService();
		assertThat(this.supervisor.answered(asked, STOPPED)).isEmpty();
		assertThat(this.supervisor.status().state()).isEqualTo(State.UP);
	}

	@Test
	void exitWhileTheServiceIsBeingStartedFailsTheStart() {
		this.supervisor.stopping();
		this.supervisor.stopped();
		this.supervisor.starting(this.lease);
		assertThat(this.supervisor.exited("exited with code 3")).isEmpty();
		assertThat(this.supervisor.ended()).isEqualTo("exited with code 3");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> this.supervisor.started(UP))
			.withMessage("The backend exited with code 3");
	}

	@Test
	void exitWhileTheServiceIsBeingStoppedIsNoFailure() {
		this.supervisor.stopping();
		assertThat(this.supervisor.exited("exited with code 143")).isEmpty();
		assertThat(answer(STOPPED)).isEmpty();
		this.supervisor.stopped();
		assertThat(this.supervisor.status().state()).isEqualTo(State.STOPPED);
		assertThat(this.supervisor.status().lastFailure()).isNull();
	}

	@Test
	void frozenNodeThatFindsItsBackendKilledDoesNotTakeThatForAFailure() {
		// It has to step down first; a guard has killed the backend, as it should.
		this.lease.valid = false;
		assertThat(this.supervisor.exited("exited with code 137 (signal 9)")).isEmpty();
		assertThat(answer(STOPPED)).isEmpty();
		assertThat(this.supervisor.status().totals().failures()).isZero();
		// Should the lease hold after all, the next answer says so.
		this.lease.valid = true;
		assertThat(answer(STOPPED)).isPresent();
	}

	@Test
	void restartsAreLimitedWithinTheWindow() {
		for (int i = 0; i < 3; i++) {
			fail();
			assertThat(this.supervisor.restart()).isPresent();
			assertThat(this.supervisor.status().state()).isEqualTo(State.RESTARTING);
			startService();
			pass(SECOND);
		}
		fail();
		assertThat(this.supervisor.restart()).isEmpty();
		assertThat(this.supervisor.status().restartsInWindow()).isEqualTo(3);
		assertThat(this.supervisor.status().totals()).isEqualTo(new BackendStatus.Totals(4, 4, 3));
		pass(WINDOW.minus(SECOND.multipliedBy(3)));
		assertThat(this.supervisor.status().restartsInWindow()).isEqualTo(2);
		assertThat(this.supervisor.restart()).isPresent();
		assertThat(this.supervisor.restart()).isEmpty();
	}

	@Test
	void restartsOfAFormerTermCount() {
		for (int i = 0; i < 3; i++) {
			this.supervisor.restart();
		}
		this.supervisor.leave();
		this.supervisor.stopping();
		this.supervisor.stopped();
		startService();
		fail();
		assertThat(this.supervisor.restart()).isEmpty();
	}

	@Test
	void withoutRestartsThereAreNone() {
		this.supervisor = supervisor(3, 0);
		startService();
		fail();
		assertThat(this.supervisor.restart()).isEmpty();
	}

	@Test
	void pauseBeforeARestartDoublesUpToThirtySeconds() {
		this.supervisor = supervisor(1, 8);
		List<Duration> pauses = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			pauses.add(this.supervisor.restart().orElseThrow());
		}
		assertThat(pauses).extracting(Duration::toSeconds).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L);
	}

	@Test
	void serviceIsRestartingUntilItIsHealthyAgain() {
		fail();
		this.supervisor.restart();
		this.supervisor.stopping();
		this.supervisor.stopped();
		assertThat(this.supervisor.status().state()).isEqualTo(State.RESTARTING);
		this.supervisor.starting(this.lease);
		assertThat(this.supervisor.status().state()).isEqualTo(State.RESTARTING);
		this.supervisor.started(UP);
		assertThat(this.supervisor.status().state()).isEqualTo(State.UP);
	}

	@Test
	void coolingEndsByItself() {
		assertThat(this.supervisor.coolingLeft()).isZero();
		this.supervisor.cool();
		pass(COOLING.minus(SECOND));
		assertThat(this.supervisor.coolingLeft()).isEqualTo(SECOND);
		assertThat(this.supervisor.status().coolingUntil()).isEqualTo(LifecycleFixture.CLOCK.instant().plus(COOLING));
		pass(SECOND);
		assertThat(this.supervisor.coolingLeft()).isZero();
		assertThat(this.supervisor.status().coolingUntil()).isNull();
	}

	@Test
	void failureWhileTheClusterIsPausedCountsWithTheNextBadAnswerAfterThat() {
		this.paused = true;
		assertThat(this.supervisor.exited("exited with code 3")).isEmpty();
		assertThat(answer(STOPPED)).isEmpty();
		assertThat(answer(STOPPED)).isEmpty();
		assertThat(this.supervisor.status().state()).isEqualTo(State.DOWN);
		assertThat(this.supervisor.status().totals()).isEqualTo(new BackendStatus.Totals(1, 0, 0));
		this.paused = false;
		assertThat(answer(STOPPED)).isPresent();
		assertThat(this.supervisor.status().totals()).isEqualTo(new BackendStatus.Totals(1, 1, 0));
	}

	@Test
	void unhealthyServiceThatRecoversWhileTheClusterIsPausedIsNoFailure() {
		this.paused = true;
		answer(DOWN);
		answer(DOWN);
		assertThat(answer(DOWN)).isEmpty();
		assertThat(answer(UP)).isEmpty();
		this.paused = false;
		assertThat(answer(DOWN)).isEmpty();
		assertThat(this.supervisor.status().totals().failures()).isZero();
	}

	@Test
	void uptimeCountsFromTheLastStart() {
		pass(SECOND.multipliedBy(5));
		assertThat(this.supervisor.status().uptime()).isEqualTo(SECOND.multipliedBy(5));
		fail();
		assertThat(this.supervisor.status().uptime()).isZero();
		this.supervisor.restart();
		startService();
		pass(SECOND);
		assertThat(this.supervisor.status().uptime()).isEqualTo(SECOND);
	}

	private BackendSupervisor supervisor(int failures, int restarts) {
		return new BackendSupervisor(
				new SupervisionSettings(SECOND, SECOND, failures, restarts, WINDOW, SECOND, COOLING), this.now::get,
				LifecycleFixture.CLOCK, () -> this.paused);
	}

	private void startService() {
		this.supervisor.starting(this.lease);
		this.supervisor.started(UP);
	}

	private void fail() {
		assertThat(this.supervisor.exited("exited with code 3")).isPresent();
	}

	private Optional<Signal> answer(BackendHealth answer) {
		return this.supervisor.answered(this.supervisor.life(), answer);
	}

	private void pass(Duration duration) {
		this.now.addAndGet(duration.toNanos());
	}

	private static final class FakeLease implements HeldLease {

		private boolean valid = true;

		@Override
		public Epoch epoch() {
			return new Epoch(7);
		}

		@Override
		public Duration remaining() {
			return this.valid ? SECOND : Duration.ZERO;
		}

	}

}
