package io.hacluster.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.lifecycle.StepReport.Outcome;
import io.hacluster.lifecycle.TransitionReport.Kind;
import io.hacluster.vip.VirtualIpException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ClusterLifecycle} with parts that only remember and a clock that only
 * the test turns.
 */
class ClusterLifecycleTests {

	private static final List<String> PROMOTION = List.of("fenceAndCatchUp", "stopFollowing", "promote", "acquire",
			"start", "awaitDatabase", "startPrimary", "startSnapshots");

	private static final List<String> STEP_DOWN = List.of("stopSnapshots", "stopPrimary", "stop", "flush", "releaseVip",
			"startFollowing", "awaitCaughtUp");

	private static final Duration PATIENCE = LifecycleFixture.PATIENCE;

	private static final String STAND_ASIDE = "standAside " + FakeElection.LEASE.toSeconds();

	private final LifecycleFixture fixture = new LifecycleFixture();

	private final Recorder recorder = this.fixture.recorder;

	private final CountDownLatch blocked = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.blocked.countDown();
		this.fixture.close();
	}

	@Test
	void startPutsTheNodeIntoTheFollowersStateBeforeTheElectionBegins() {
		this.fixture.start();
		this.fixture.awaitCall("election");
		assertThat(this.recorder.calls()).containsExactly("stop", "flush", "releaseVip", "startFollowing", "election");
	}

	@Test
	void startWhenTheBackendCannotBeStoppedTriesAgainAndStaysOutOfTheElection() {
		// I18: every state has an exit.
		this.recorder.on("stop", () -> {
			throw new BackendException("still there");
		});
		this.fixture.start();
		await().until(() -> this.recorder.calls().stream().filter("stop"::equals).count() > 1);
		assertThat(this.recorder.calls()).doesNotContain("startFollowing", "election");
		assertThat(this.fixture.lifecycle().status().lastFailure().message()).contains("stop-backend: still there");
		this.recorder.reset("stop");
		this.fixture.awaitCall("election");
		assertThat(this.recorder.calls()).containsSubsequence("startFollowing", "election");
	}

	@Test
	void promotionRunsTheNineStepsInTheirOrder() {
		// Peer defects 1 and 20: a leader that neither catches up nor uses its replica.
		Epoch epoch = this.fixture.lead();
		assertThat(this.recorder.calls()).startsWith(PROMOTION.toArray(String[]::new));
		TransitionReport promotion = this.fixture.awaitTransition(Kind.PROMOTION);
		assertThat(promotion.steps()).extracting(StepReport::name)
			.containsExactly("win-election", "catch-up", "stop-passive-replication", "promote-replica", "acquire-vip",
					"start-backend", "verify-database", "start-primary-replication", "start-snapshots");
		assertThat(promotion.steps()).extracting(StepReport::outcome).containsOnly(Outcome.DONE);
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
		assertThat(this.fixture.lifecycle().leadership().role()).isEqualTo(ClusterRole.LEADER);
		assertThat(this.fixture.lifecycle().leadership().epoch()).isEqualTo(epoch);
		assertThat(this.fixture.lifecycle().status().leader().orElseThrow().epoch()).isEqualTo(epoch);
	}

	@Test
	void stepDownRunsTheSixStepsInTheirOrderAndGivesTheLeaseBackLast() {
		// I4, peer defects 7 and 16: the lease went first, and the last writes were lost.
		Epoch epoch = this.fixture.lead();
		this.recorder.clear();
		assertThat(this.fixture.lifecycle().leadership().stepDown()).isTrue();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(steps()).startsWith(STEP_DOWN.toArray(String[]::new));
		assertThat(this.recorder.calls()).containsSubsequence("awaitCaughtUp", STAND_ASIDE, "release " + epoch);
		assertThat(this.fixture.awaitTransition(Kind.STEP_DOWN).steps()).extracting(StepReport::name)
			.containsExactly("stop-snapshots", "stop-primary-replication", "stop-backend", "release-vip",
					"start-passive-replication", "initial-catch-up");
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isFalse();
	}

	@Test
	void stepDownOnAFollowerDoesNothing() {
		this.fixture.follow();
		assertThat(this.fixture.lifecycle().leadership().stepDown()).isFalse();
		assertThat(this.recorder.calls()).isEmpty();
	}

	@Test
	void withoutPartsTheStepsAreSkippedAndRecorded() {
		this.fixture.parts = new ClusterParts(null, null, null);
		this.fixture.lead();
		TransitionReport promotion = this.fixture.awaitTransition(Kind.PROMOTION);
		assertThat(promotion.steps()).hasSize(9);
		assertThat(promotion.steps().subList(1, 9)).extracting(StepReport::outcome).containsOnly(Outcome.SKIPPED);
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.fixture.awaitTransition(Kind.STEP_DOWN).steps()).hasSize(6)
			.extracting(StepReport::outcome)
			.containsOnly(Outcome.SKIPPED);
	}

	@Test
	void withoutABackendTheDatabaseIsNotWaitedForAndTheFinalFlushStillHappens() {
		this.fixture.parts = new ClusterParts(this.fixture.replication, null, null);
		this.fixture.lead();
		assertThat(this.recorder.calls()).contains("startPrimary").doesNotContain("awaitDatabase");
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).containsSubsequence("stopPrimary", "flush", "startFollowing");
	}

	@ParameterizedTest
	@CsvSource({ "fenceAndCatchUp, startFollowing", "stopFollowing, startFollowing", "promote, startFollowing",
			"acquire, releaseVip startFollowing", "start, stop flush releaseVip startFollowing",
			"awaitDatabase, stop flush releaseVip startFollowing",
			"startPrimary, stopPrimary stop flush releaseVip startFollowing",
			"startSnapshots, stopSnapshots stopPrimary stop flush releaseVip startFollowing" })
	void promotionWhenAStepFailsUnwindsInReverseAndGivesTheLeaseBack(String failing, String undone) {
		// Peer defect 13: errors of the promotion were ignored.
		this.recorder.on(failing, () -> {
			throw new BackendException("broken " + failing);
		});
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("release " + epoch);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		int failed = this.recorder.calls().indexOf(failing);
		List<String> after = withoutVipRefresh();
		after = after.subList(after.indexOf(failing) + 1, after.size());
		if (failing.equals("acquire")) {
			after = this.recorder.calls().subList(failed + 1, this.recorder.calls().size());
		}
		assertThat(after.stream().filter((call) -> !call.startsWith("standAside"))).startsWith(undone.split(" "));
		String standAside = failing.equals("start") ? "standAside " + LifecycleFixture.NO_RESTARTS.cooling().toSeconds()
				: STAND_ASIDE;
		assertThat(after).containsSubsequence("startFollowing", standAside, "release " + epoch);
		assertThat(this.fixture.lifecycle().status().lastFailure().message()).contains("broken " + failing);
		assertThat(this.fixture.awaitTransition(Kind.UNWIND).failure()).isNull();
		assertThat(this.fixture.events).noneMatch((event) -> event.getClass().getSimpleName().contains("Leadership"));
	}

	@Test
	void promotionGoesOnWhenAStepAsksTheNodeHowItIs() {
		// Peer defect 15: a deadlock after acquiring the VIP, so the backend never
		// started.
		List<String> steps = new CopyOnWriteArrayList<>();
		for (String call : PROMOTION) {
			this.recorder.on(call, () -> {
				ClusterStatus status = this.fixture.lifecycle().status();
				steps.add(String.valueOf(status.currentStep()));
				assertThat(this.fixture.lifecycle().leadership().isLeader()).isFalse();
			});
		}
		this.fixture.follow();
		this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		assertThat(steps.subList(0, 8)).containsExactlyElementsOf(PromotionSequence.NAMES.subList(1, 9));
	}

	@Test
	void promotionWhenFencedByTheLogGivesUp() {
		this.recorder.on("fenceAndCatchUp", () -> {
			throw new FencedException("a newer leader has fenced the log");
		});
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("release " + epoch);
		assertThat(this.recorder.calls()).doesNotContain("promote", "start");
	}

	@Test
	void promotionWhenAStepTakesTooLongUnwinds() {
		this.fixture.timeouts = new StepTimeouts(PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE,
				Duration.ofMillis(500), PATIENCE);
		this.recorder.on("awaitDatabase", this.blocked::await);
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("release " + epoch);
		assertThat(this.fixture.awaitTransition(Kind.PROMOTION).failure())
			.isEqualTo("verify-database: has not ended within 500 ms");
		assertThat(withoutVipRefresh()).containsSubsequence("awaitDatabase", "stop", "flush", "releaseVip",
				"startFollowing");
	}

	@ParameterizedTest
	@ValueSource(strings = { "fenceAndCatchUp", "stopFollowing", "promote", "acquire", "start", "awaitDatabase",
			"startPrimary", "startSnapshots" })
	void lostLeaseInterruptsEachStepOfThePromotion(String step) {
		// I5, peer defect 19: replication started on a node demoted meanwhile.
		CountDownLatch interrupted = new CountDownLatch(1);
		this.recorder.on(step, () -> {
			try {
				this.blocked.await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw ex;
			}
		});
		this.fixture.follow();
		this.fixture.election.grant();
		this.fixture.awaitCall(step);
		this.fixture.election.lose();
		await().until(() -> interrupted.getCount() == 0);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		int index = PROMOTION.indexOf(step);
		assertThat(this.recorder.calls()).doesNotContainAnyElementsOf(notBegun(index))
			.contains("startFollowing")
			.noneMatch((call) -> call.startsWith("release "));
		assertThat(this.fixture.awaitTransition(Kind.PROMOTION).failure()).contains("not renewed in time");
	}

	@Test
	void lostLeaseDuringAStepThatIgnoresTheInterruptDemotesTheRestAtOnce() {
		this.recorder.on("awaitDatabase", () -> {
			while (this.blocked.getCount() > 0) {
				Thread.interrupted();
				Thread.onSpinWait();
			}
		});
		this.fixture.follow();
		this.fixture.election.grant();
		this.fixture.awaitCall("awaitDatabase");
		this.fixture.election.lose();
		// The backend and the address do not wait for replication.
		this.fixture.awaitCall("stop");
		this.fixture.awaitCall("releaseVip");
		assertThat(this.recorder.calls()).doesNotContain("startFollowing");
		this.blocked.countDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains("startFollowing").doesNotContain("startPrimary");
	}

	@Test
	void promotionWhenTheLeaseRunsOutBetweenStepsStopsThere() {
		// I5: the deadline alone decides; nobody has told this node anything.
		this.recorder.on("promote", this.fixture.election::expire);
		this.fixture.follow();
		this.fixture.election.grant();
		this.fixture.awaitTransition(Kind.UNWIND);
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains("startFollowing").doesNotContain("acquire", "start");
		assertThat(this.fixture.awaitTransition(Kind.PROMOTION).failure())
			.isEqualTo("acquire-vip: not begun: the lease no longer holds");
	}

	@Test
	void isLeaderTurnsFalseByThePassageOfTimeAlone() {
		// I2, peer defect 9.
		this.fixture.lead();
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
		this.fixture.election.expire();
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isFalse();
		assertThat(this.fixture.lifecycle().status().role()).isEqualTo(ClusterRole.FOLLOWER);
	}

	@Test
	void lostLeaseStepsDownWithinTheMargin() {
		// Peer defect 27: a failed heartbeat never demoted.
		this.fixture.lead();
		this.recorder.clear();
		this.fixture.election.lose();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(steps()).startsWith(STEP_DOWN.toArray(String[]::new))
			.noneMatch((call) -> call.startsWith("release "));
		assertThat(this.fixture.backend.stopTimeout).isLessThan(FakeElection.MARGIN.dividedBy(2));
		assertThat(this.fixture.awaitTransition(Kind.URGENT_STEP_DOWN).steps()).hasSize(6);
		assertThat(this.fixture.lifecycle().status().lastFailure().message()).contains("not renewed in time");
	}

	@Test
	void urgentBudgetsOfTheStepsThatMakeTheNodeHarmlessFitIntoTheMargin() {
		StepDownBudgets budgets = StepDownBudgets.urgent(this.fixture.timeouts, FakeElection.MARGIN);
		assertThat(budgets.stopSnapshots()
			.plus(budgets.stopPrimary())
			.plus(budgets.stopBackend())
			.plus(budgets.killBackend())
			.plus(budgets.flush())
			.plus(budgets.vip())).isLessThanOrEqualTo(FakeElection.MARGIN);
	}

	@Test
	void fencedByTheLogWhileLeadingCountsAsLost() {
		Epoch epoch = this.fixture.lead();
		this.fixture.lifecycle().fenced("a newer leader has fenced the log");
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.fixture.awaitTransition(Kind.URGENT_STEP_DOWN).reason()).contains("newer leader");
		assertThat(this.recorder.calls()).contains(STAND_ASIDE, "release " + epoch);
	}

	@Test
	void lostLeaseAloneKeepsTheNodeOutOfTheRaceOnlyUntilItHasSettled() {
		// The other node would win after an outage of the store, and what this one alone
		// has acknowledged would be set aside although no node has failed.
		this.fixture.lead();
		this.recorder.clear();
		this.fixture.replication.flushed = false;
		this.recorder.on("stopPrimary", () -> {
			throw new IllegalStateException("the log cannot be reached");
		});
		this.recorder.on("awaitCaughtUp", () -> {
			this.blocked.await();
			throw new IllegalStateException("the log cannot be reached");
		});
		this.fixture.election.lose();
		this.fixture.awaitCall("awaitCaughtUp");
		assertThat(this.fixture.election.out).isTrue();
		assertThat(this.fixture.replication.caughtUpTimeout).isEqualTo(FakeElection.MARGIN);
		this.blocked.countDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		await().until(() -> !this.fixture.election.out);
		this.fixture.election.lost(new Epoch(1));
		await().until(() -> !this.fixture.election.out);
		assertThat(this.recorder.calls()).noneMatch((call) -> call.startsWith("standAside"))
			.containsOnlyOnce("awaitCaughtUp");
	}

	@Test
	void lostLeaseWhenTheNodeIsNotHarmlessAtOnceStandsAside() {
		this.fixture.lead();
		this.recorder.clear();
		this.recorder.on("releaseVip", () -> {
			this.recorder.reset("releaseVip");
			throw new IllegalStateException("the address is still there");
		});
		this.fixture.election.lose();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains(STAND_ASIDE);
		await().until(() -> !this.fixture.election.out);
	}

	@Test
	void stepThatTakesItsWholeTimeCanStillSayWhatItHasWaitedFor() {
		StatusBoard board = new StatusBoard(new NodeIdentity("test", new NodeId("node"), "nonce"), this.fixture,
				Clock.systemUTC());
		SequenceRun run = new SequenceRun(Kind.PROMOTION, new Epoch(1), TransitionCause.ELECTED, "", board,
				this.fixture.election);
		try (Lanes lanes = Lanes.of("test")) {
			StepReport report = run.run(Step.of("verify-database", null,
					new Step.Part(lanes.replication(), Duration.ofMillis(1), PATIENCE, null, () -> {
						this.blocked.await(50, TimeUnit.MILLISECONDS);
						throw new IllegalStateException("the database is not in WAL mode");
					})));
			assertThat(report.detail()).isEqualTo("the database is not in WAL mode");
			assertThat(new PromotionSequence(this.fixture.parts, this.fixture.timeouts, lanes, (lease) -> {
			}, this.fixture.drivenBackend()).steps(null))
				.filteredOn(
						(step) -> step.parts().stream().anyMatch((part) -> part.grace().compareTo(Duration.ZERO) > 0))
				.extracting(Step::name)
				.containsExactly("catch-up", "start-backend", "verify-database");
		}
	}

	@Test
	void stepDownWhenClosingReplicationBlocksStillStopsBackendAndReleasesTheVip() {
		// Peer defect 18: one shared timeout, spent by the first step that blocked.
		this.fixture.timeouts = new StepTimeouts(PATIENCE, Duration.ofSeconds(2), PATIENCE, PATIENCE, PATIENCE,
				PATIENCE, PATIENCE);
		this.recorder.on("stopSnapshots", () -> {
			while (this.blocked.getCount() > 0) {
				Thread.interrupted();
				Thread.onSpinWait();
			}
		});
		Epoch epoch = this.fixture.lead();
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("release " + epoch);
		assertThat(withoutVipRefresh()).containsSubsequence("stop", "releaseVip", "release " + epoch)
			.doesNotContain("startFollowing");
		assertThat(this.fixture.backend.stopTimeout).isEqualTo(this.fixture.timeouts.backendStop());
		assertThat(this.fixture.lifecycle().status().state()).isEqualTo(LifecycleState.DEMOTING);
		this.blocked.countDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.recorder.calls()).contains("startFollowing");
	}

	@Test
	void stepDownWhenTheBackendMayStillRunDoesNotGiveTheLeaseBackNorTouchTheFiles() {
		Epoch epoch = this.fixture.lead();
		this.recorder.clear();
		this.recorder.on("stop", () -> {
			throw new BackendException("may still be running");
		});
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("leave");
		await().until(() -> this.recorder.calls().stream().filter("stop"::equals).count() > 2);
		assertThat(this.recorder.calls()).contains("releaseVip")
			.doesNotContain("release " + epoch, "startFollowing", "flush");
		assertThat(this.fixture.lifecycle().status().state()).isEqualTo(LifecycleState.DEMOTING);
		this.recorder.reset("stop");
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		this.fixture.awaitCall("election");
		assertThat(this.recorder.calls()).containsSubsequence("flush", "startFollowing", "election")
			.doesNotContain("release " + epoch);
	}

	@Test
	void stepDownWhenTheFlushIsIncompleteSaysSoAndGoesOn() {
		Epoch epoch = this.fixture.lead();
		this.fixture.replication.flushed = false;
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("release " + epoch);
		assertThat(this.recorder.calls()).containsSubsequence("flush", "releaseVip", "startFollowing");
		assertThat(this.fixture.lifecycle().status().lastFailure().message())
			.contains("Not everything that was committed is in the log");
	}

	@Test
	void stepDownWhenTheFlushDoesNotEndSaysWhatThatMeansRatherThanThatTheBackendHasNotStopped() {
		this.fixture.lead();
		this.recorder.on("flush", () -> {
			this.blocked.await();
		});
		this.fixture.election.lose();
		StepReport report = this.fixture.awaitTransition(Kind.URGENT_STEP_DOWN)
			.steps()
			.stream()
			.filter((step) -> step.name().equals("stop-backend"))
			.findFirst()
			.orElseThrow();
		this.blocked.countDown();
		assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
		assertThat(report.detail()).contains("Not everything that was committed is in the log")
			.doesNotContain("has not ended");
	}

	@Test
	void stepDownWhenTheLeaseIsLostMeanwhileGoesOnInTheUrgentWay() {
		this.fixture.lead();
		this.recorder.on("stop", () -> {
			this.recorder.reset("stop");
			this.blocked.await();
		});
		this.recorder.clear();
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("stop");
		assertThat(this.fixture.backend.stopTimeout).isEqualTo(PATIENCE);
		this.fixture.election.lose();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		assertThat(this.fixture.backend.stopTimeout).isLessThan(FakeElection.MARGIN);
		assertThat(withoutVipRefresh()).containsSubsequence("stop", "stop", "flush", "releaseVip", "startFollowing");
	}

	@Test
	void backendThatEndsWhileItIsWaitedForFailsThePromotionAtOnce() {
		this.fixture.backend.health = new BackendHealth(Status.DOWN, "not yet");
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("start");
		this.fixture.backend.health = new BackendHealth(Status.STOPPED, "exited with code 1; last output: no port");
		this.fixture.awaitCall("release " + epoch);
		assertThat(this.fixture.awaitTransition(Kind.PROMOTION).failure())
			.isEqualTo("start-backend: The backend exited with code 1; last output: no port");
	}

	@Test
	void backendThatNeverGetsHealthyFailsThePromotionAfterTheStartTimeout() {
		this.fixture.timeouts = new StepTimeouts(PATIENCE, PATIENCE, PATIENCE, Duration.ofMillis(500), PATIENCE,
				PATIENCE, PATIENCE);
		this.fixture.backend.health = new BackendHealth(Status.DOWN, "answers 503");
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("release " + epoch);
		assertThat(this.fixture.awaitTransition(Kind.PROMOTION).failure()).startsWith("start-backend: ");
	}

	@Test
	void virtualIpIsProlongedWhileTheLeaseHoldsAndNoLonger() {
		this.fixture.lead();
		await().until(() -> acquisitions() > 1);
		this.fixture.election.expire();
		// One may have been under way, with a look at the lease before that
		long before = acquisitions() + 1;
		await().during(FakeElection.LEASE.dividedBy(10).multipliedBy(2).plusSeconds(1))
			.until(() -> acquisitions() <= before);
		assertThat(this.fixture.lifecycle().status().state()).isEqualTo(LifecycleState.LEADER);
	}

	@Test
	void backendIsToldUntilWhenItMayRunBeforeItIsStartedAndUntilItHasStopped() {
		this.recorder.on("start",
				() -> assertThat(this.fixture.backend.prolonged)
					.containsExactly(FakeElection.LEASE.minus(FakeElection.MARGIN)
						.plus(FakeElection.MARGIN.dividedBy(100).multipliedBy(40))));
		this.recorder.on("stop", this.blocked::await);
		this.fixture.start();
		this.fixture.awaitCall("stop");
		assertThat(this.fixture.backend.prolonged).isEmpty();
		this.recorder.reset("stop");
		this.blocked.countDown();
		await().until(() -> this.fixture.election.started);
		this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		CountDownLatch stopping = new CountDownLatch(1);
		this.recorder.on("stop", stopping::await);
		this.recorder.clear();
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("stop");
		int before = this.fixture.backend.prolonged.size();
		await().until(() -> this.fixture.backend.prolonged.size() > before);
		stopping.countDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		int after = this.fixture.backend.prolonged.size();
		await().during(FakeElection.LEASE.dividedBy(10).plusSeconds(1))
			.until(() -> this.fixture.backend.prolonged.size() == after);
	}

	@Test
	void backendIsNotToldToRunLongerAfterTheLogHasRefusedTheLeader() {
		// The lease still holds, and is renewed until the backend has stopped.
		this.fixture.lead();
		CountDownLatch stopping = new CountDownLatch(1);
		this.recorder.on("stop", stopping::await);
		this.fixture.lifecycle().fenced("a newer leader has fenced the log");
		this.fixture.awaitCall("stop");
		int before = this.fixture.backend.prolonged.size();
		await().during(FakeElection.LEASE.dividedBy(10).plusSeconds(1))
			.until(() -> this.fixture.backend.prolonged.size() == before);
		stopping.countDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
	}

	@Test
	void vipThatCannotBeProlongedIsLoggedWithItsStackOnce() {
		List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				events.add(event);
			}

		};
		appender.start();
		Logger logger = (Logger) LoggerFactory.getLogger(ClusterLifecycle.class);
		Level level = logger.getLevel();
		// Applications in tests before this one may have chosen another.
		logger.setLevel(Level.INFO);
		logger.addAppender(appender);
		try {
			this.fixture.lead();
			this.recorder.on("acquire", () -> {
				throw new VirtualIpException("gone", null);
			});
			long before = acquisitions();
			await().atMost(PATIENCE).until(() -> acquisitions() >= before + 4);
			this.recorder.reset("acquire");
			await().atMost(PATIENCE)
				.until(() -> events.stream()
					.anyMatch((event) -> event.getFormattedMessage().contains("The virtual IP is prolonged again")));
		}
		finally {
			logger.detachAppender(appender);
			logger.setLevel(level);
		}
		assertThat(events).filteredOn((event) -> event.getThrowableProxy() != null).hasSize(1);
	}

	private long acquisitions() {
		return this.recorder.calls().stream().filter("acquire"::equals).count();
	}

	@Test
	void grantWhileSteppingDownIsGivenBack() {
		this.fixture.lead();
		this.recorder.on("stop", this.blocked::await);
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("stop");
		Epoch second = this.fixture.election.grant();
		this.fixture.awaitCall("release " + second);
		this.blocked.countDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
	}

	@Test
	void nodeLeadsAgainAfterAStepDown() {
		this.fixture.lead();
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitState(LifecycleState.FOLLOWER);
		Epoch second = this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		assertThat(this.fixture.lifecycle().leadership().epoch()).isEqualTo(second);
	}

	@Test
	void stopWhileLeadingStepsDownInOrder() {
		Epoch epoch = this.fixture.lead();
		this.recorder.clear();
		this.fixture.lifecycle().stop(PATIENCE);
		assertThat(steps()).startsWith(STEP_DOWN.toArray(String[]::new));
		assertThat(this.recorder.calls()).containsSubsequence("release " + epoch, "leave", "stopFollowing");
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isFalse();
		assertThat(this.fixture.lifecycle().isRunning()).isFalse();
		assertNoThreads();
	}

	@Test
	void stopWhilePromotingUnwinds() {
		this.recorder.on("awaitDatabase", this.blocked::await);
		this.fixture.follow();
		Epoch epoch = this.fixture.election.grant();
		this.fixture.awaitCall("awaitDatabase");
		this.fixture.lifecycle().stop(PATIENCE);
		assertThat(withoutVipRefresh()).containsSubsequence("awaitDatabase", "stop", "flush", "releaseVip",
				"startFollowing", "release " + epoch, "leave");
		assertNoThreads();
	}

	@Test
	void stopWhileSteppingDownAwaitsItsEnd() {
		Epoch epoch = this.fixture.lead();
		CountDownLatch stopping = new CountDownLatch(1);
		this.recorder.on("stop", () -> assertThat(stopping.await(60, TimeUnit.SECONDS)).isTrue());
		this.fixture.lifecycle().leadership().stepDown();
		this.fixture.awaitCall("stop");
		Thread stopper = new Thread(() -> this.fixture.lifecycle().stop(PATIENCE));
		stopper.start();
		stopping.countDown();
		await().until(() -> !stopper.isAlive());
		assertThat(this.recorder.calls()).containsSubsequence("startFollowing", "release " + epoch, "leave");
	}

	@Test
	void stopWhileFollowingLeavesTheElection() {
		this.fixture.follow();
		this.fixture.lifecycle().stop(PATIENCE);
		assertThat(this.recorder.calls()).containsExactly("leave", "stopFollowing");
		assertNoThreads();
	}

	@Test
	void stopWhileTheNodeCannotSettleEnds() {
		this.recorder.on("startFollowing", () -> {
			throw new IllegalStateException("read-only directory");
		});
		this.fixture.start();
		this.fixture.awaitCall("startFollowing");
		this.fixture.lifecycle().stop(PATIENCE);
		assertThat(this.recorder.calls()).contains("leave").doesNotContain("election");
		assertNoThreads();
	}

	@Test
	void stopWhenTheBackendDoesNotStopInTimeKillsItAndEnds() {
		Epoch epoch = this.fixture.lead();
		this.recorder.on("stop", () -> {
			this.recorder.reset("stop");
			this.blocked.await();
		});
		this.fixture.lifecycle().stop(Duration.ofMillis(200));
		assertThat(this.recorder.calls()).containsSubsequence("stop", "stop", "releaseVip", "startFollowing",
				"release " + epoch, "leave");
		assertThat(this.fixture.backend.stopTimeout).isLessThan(FakeElection.MARGIN);
		assertNoThreads();
	}

	@Test
	void startAfterStopBeginsAgain() {
		// The test framework pauses contexts: stop and start again.
		this.fixture.lead();
		this.fixture.lifecycle().stop(PATIENCE);
		this.recorder.clear();
		this.fixture.lifecycle().start();
		this.fixture.awaitCall("election");
		this.fixture.election.grant();
		this.fixture.awaitState(LifecycleState.LEADER);
		assertThat(this.fixture.lifecycle().leadership().isLeader()).isTrue();
	}

	private static List<String> notBegun(int index) {
		List<String> calls = new ArrayList<>(PROMOTION.subList(index + 1, PROMOTION.size()));
		calls.add("nothing at all");
		return calls;
	}

	private List<String> steps() {
		return withoutVipRefresh().stream().filter((call) -> !call.startsWith("standAside")).toList();
	}

	private List<String> withoutVipRefresh() {
		return this.recorder.calls().stream().filter((call) -> !call.equals("acquire")).toList();
	}

	private static void assertNoThreads() {
		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith("ha-") && name.endsWith("-test")));
	}

}
