package io.hacluster.election;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The lease-safety invariants, one or more tests each, on a clock that stands still. T is
 * 10 s, the margin 2 s, the renew interval 3 s. I5 and I16 are the lifecycle's and the
 * replication's; I17 is here without its failsafe.
 */
class LeaseInvariantsTests {

	private static final Duration T = ManualElection.SETTINGS.leaseDuration();

	private static final Duration MARGIN = ManualElection.SETTINGS.margin();

	private static final Duration MILLI = Duration.ofMillis(1);

	private final ManualElection.Clock clock = new ManualElection.Clock();

	private final MemoryLeaseStore store = new MemoryLeaseStore();

	private final ManualElection node = node("node-a", "a1");

	private ManualElection node(String id, String nonce) {
		return new ManualElection(Leases.identity(id, nonce), this.store, this.clock);
	}

	private ManualElection leading() {
		this.node.settle();
		assertThat(this.node.leads()).isTrue();
		return this.node;
	}

	private VersionedLease leader() {
		return this.store.read("leader").orElseThrow();
	}

	@Test
	void i1DeadlineCountsFromBeforeTheSend() {
		this.node.callTime = Duration.ofMillis(700);
		this.node.settle();
		// The grant was answered 700 ms after it was sent
		long sinceGrant = this.clock.nanoTime();
		assertThat(this.node.calls).last().isEqualTo("TAKE leader");
		assertThat(this.node.term.remaining()).isEqualTo(T.minus(MARGIN).minusMillis(700));
		assertThat(sinceGrant).isEqualTo(this.clock.nanoTime());
	}

	@Test
	void i1OnlyASuccessfulWriteMovesTheDeadline() {
		leading();
		this.clock.advance(Duration.ofSeconds(3));
		Duration left = this.node.term.remaining();
		this.node.nextCall((call, target) -> new Outcome.Failed("no answer"));
		this.node.settle();
		this.node.election.hint();
		assertThat(this.node.term.remaining()).isEqualTo(left);
		this.clock.advance(Duration.ofMillis(400));
		this.node.nextCall((call, target) -> {
			assertThat(call.purpose()).isEqualTo(Step.Purpose.READ);
			Outcome outcome = call.execute(target);
			assertThat(this.node.term.remaining()).isEqualTo(left.minusMillis(400));
			return outcome;
		});
		this.node.nextCall((call, target) -> {
			assertThat(call.purpose()).isEqualTo(Step.Purpose.RENEW);
			assertThat(this.node.term.remaining()).isEqualTo(left.minusMillis(400));
			return call.execute(target);
		});
		this.node.settle();
		assertThat(this.node.term.remaining()).isEqualTo(T.minus(MARGIN));
	}

	@Test
	void i2LeaseEndsByTheClockAloneAndNeverComesBack() {
		leading();
		this.clock.advance(T.minus(MARGIN).minus(MILLI));
		assertThat(this.node.term.isValid()).isTrue();
		this.clock.advance(MILLI);
		// Nothing has run since
		assertThat(this.node.term.isValid()).isFalse();
		assertThat(this.node.term.remaining()).isZero();
		assertThat(this.node.term.extend(this.clock.nanoTime() + T.toNanos())).isFalse();
		assertThat(this.node.term.isValid()).isFalse();
	}

	@Test
	void i2RenewalAnsweredAfterTheDeadlineDoesNotReviveTheTerm() {
		leading();
		this.clock.advance(Duration.ofSeconds(3));
		this.node.callTime = T.minus(MARGIN).minusSeconds(3);
		this.node.nextCall((call, target) -> {
			this.node.callTime = T.minus(MARGIN).minusSeconds(3);
			return call.execute(target);
		});
		Step.Call renewal = (Step.Call) this.node.election.next(this.clock.nanoTime());
		long sentAt = this.clock.nanoTime();
		Outcome outcome = renewal.execute(this.store);
		this.clock.advance(T.minus(MARGIN).minusSeconds(3));
		Term old = this.node.term;
		this.node.election.completed(renewal, outcome, sentAt, this.clock.nanoTime());
		assertThat(old.isValid()).isFalse();
		assertThat(this.node.events).containsExactly("granted 1", "lost 1");
	}

	@Test
	void i3SettingsThatCannotBeSafeAreRefusedByName() {
		assertRefused("lease-duration", 999, 250, 200);
		assertRefused("lease-duration", 3_600_001, 3000, 100_000);
		assertRefused("renew-interval", 10_000, 249, 2000);
		assertRefused("renew-interval", 10_000, 4001, 2000);
		assertRefused("margin", 10_000, 3000, 100);
		assertThat(ElectionSettings.of(Duration.ofSeconds(1), Duration.ofMillis(250), "").margin())
			.isEqualTo(Duration.ofMillis(200));
		assertThat(ElectionSettings.of(Duration.ofSeconds(10), Duration.ofSeconds(3), "").margin())
			.isEqualTo(Duration.ofSeconds(2));
	}

	private static void assertRefused(String setting, long lease, long renew, long margin) {
		assertThatExceptionOfType(InvalidElectionSettingsException.class)
			.isThrownBy(() -> new ElectionSettings(Duration.ofMillis(lease), Duration.ofMillis(renew),
					Duration.ofMillis(margin), ""))
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo(setting));
	}

	@Test
	void i3MarginHasRoomForTheStepDownTheClocksAndTheVirtualIp() {
		ElectionSettings settings = ManualElection.SETTINGS;
		settings.requireRoomFor(Duration.ofMillis(1900), false);
		settings.requireRoomFor(Duration.ofMillis(1400), true);
		assertThatExceptionOfType(InvalidElectionSettingsException.class)
			.isThrownBy(() -> settings.requireRoomFor(Duration.ofMillis(1901), false))
			.withMessageContaining("too short")
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("lease-duration"));
		assertThatExceptionOfType(InvalidElectionSettingsException.class)
			.isThrownBy(() -> settings.requireRoomFor(Duration.ofMillis(1401), true));
	}

	@Test
	void i3RenewalsLeaveASecondForTheVirtualIp() {
		Duration margin = Duration.ofMillis(700);
		new ElectionSettings(Duration.ofSeconds(3), Duration.ofMillis(1150), margin, "")
			.requireRoomFor(Duration.ofMillis(150), true);
		ElectionSettings settings = new ElectionSettings(Duration.ofSeconds(2), Duration.ofMillis(400), margin, "");
		settings.requireRoomFor(Duration.ofMillis(150), false);
		assertThatExceptionOfType(InvalidElectionSettingsException.class)
			.isThrownBy(() -> settings.requireRoomFor(Duration.ofMillis(150), true))
			.withMessageContaining("at least 1s must be left of the lease at each renewal, but only 900ms is")
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("renew-interval"));
	}

	@Test
	void i4ReleaseEndsTheTermBeforeTheStoreIsTold() {
		leading();
		CompletableFuture<Boolean> done = this.node.release(new Epoch(1));
		assertThat(this.node.leads()).isFalse();
		assertThat(leader().lease().state()).isEqualTo(Lease.State.HELD);
		this.node.election.standAside(this.clock.nanoTime() + T.toNanos());
		this.node.settle();
		assertThat(done).isCompletedWithValue(true);
		assertThat(leader().lease().state()).isEqualTo(Lease.State.RELEASED);
		// Given back is not lost
		assertThat(this.node.events).containsExactly("granted 1");
	}

	@Test
	void i4LeaseIsRenewedUntilItIsReleased() {
		leading();
		this.node.eligible = false;
		this.node.election.standAside(this.clock.nanoTime() + T.toNanos());
		this.node.run(T.multipliedBy(2));
		assertThat(this.node.leads()).isTrue();
		assertThat(this.node.term.epoch()).isEqualTo(new Epoch(1));
	}

	@Test
	void i6HeldRecordIsTakenOverOnlyAfterItStoodForAFullLeaseOnOurClock() {
		this.store.put("leader", Leases.lease("node-z", 4));
		this.clock.advance(Duration.ofHours(1));
		this.node.run(T.minus(MILLI));
		assertThat(this.node.leads()).isFalse();
		assertThat(this.node.calls).doesNotContain("TAKE leader");
		this.node.run(Duration.ofSeconds(1));
		assertThat(this.node.leads()).isTrue();
		assertThat(this.node.term.epoch()).isEqualTo(new Epoch(5));
	}

	@Test
	void i6EveryChangeOfTheRecordStartsTheWaitAnew() {
		Lease held = Leases.lease("node-z", 4);
		this.store.put("leader", held);
		for (int i = 0; i < 10; i++) {
			this.node.run(T.minusSeconds(3));
			this.store.put("leader", held);
		}
		this.node.run(T.minusSeconds(1));
		assertThat(this.node.calls).doesNotContain("TAKE leader");
	}

	@Test
	void i6TimeInWhichThisNodeCouldNotLookDoesNotCount() {
		// The holder could not renew either, and may be alive with what only it has.
		this.store.put("leader", Leases.lease("node-z", 4));
		this.node.run(Duration.ofSeconds(1));
		this.clock.advance(Duration.ofSeconds(3));
		this.node.nextCall((call, target) -> new Outcome.Failed("no answer"));
		this.node.settle();
		this.clock.advance(T);
		this.node.run(T.minus(MILLI));
		assertThat(this.node.calls).doesNotContain("TAKE leader");
		this.node.run(Duration.ofSeconds(1));
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i6HolderMayRetakeItsOwnRecordAtOnceAfterAnOutage() {
		leading();
		this.clock.advance(T.multipliedBy(2));
		this.node.settle();
		assertThat(this.node.leads()).isTrue();
		assertThat(this.node.events).startsWith("granted 1", "lost 1").hasSize(3);
	}

	@Test
	void i18OneAnswerThatIsMissingDoesNotStartTheWaitAnew() {
		this.store.put("leader", Leases.lease("node-z", 4));
		this.node.run(Duration.ofSeconds(1));
		this.clock.advance(Duration.ofSeconds(3));
		this.node.nextCall((call, target) -> new Outcome.Failed("no answer"));
		this.node.run(T.minusSeconds(3));
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void stayOutKeepsOutOfTheRaceUntilToldOtherwise() {
		this.node.election.stayOut(true);
		this.node.run(T.multipliedBy(2));
		assertThat(this.node.leads()).isFalse();
		this.node.election.stayOut(false);
		this.node.settle();
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i6DurationIsThatOfTheRecord() {
		Lease lease = Leases.lease("node-z", 4);
		this.store.put("leader",
				new Lease(lease.holder(), lease.nonce(), lease.epoch(), lease.state(), "", Duration.ofMinutes(10)));
		this.node.run(Duration.ofMinutes(10).minus(MILLI));
		assertThat(this.node.calls).doesNotContain("TAKE leader");
		this.node.run(Duration.ofSeconds(1));
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i6ReleasedRecordIsTakenAtOnce() {
		this.store.put("leader", Leases.lease("node-z", 4).released());
		this.node.settle();
		assertThat(this.node.leads()).isTrue();
		assertThat(this.node.term.epoch()).isEqualTo(new Epoch(5));
	}

	@Test
	void i6PurgedRecordIsNotAnExpiredLease() {
		this.store.put("leader", Leases.lease("node-z", 4));
		this.node.run(Duration.ofSeconds(1));
		this.store.purge("leader");
		this.node.run(Duration.ofSeconds(3));
		assertThat(this.node.calls).contains("RESERVE leader").doesNotContain("TAKE leader");
		this.node.run(T.minusSeconds(3));
		assertThat(this.node.leads()).isFalse();
		this.node.run(Duration.ofSeconds(4));
		assertThat(this.node.leads()).isTrue();
		assertThat(this.node.term.epoch()).isGreaterThan(new Epoch(4));
	}

	@Test
	void i6CreateOfAPausedNodeThatLandsInAPurgeIsNoLease() {
		this.store.put("leader", Leases.lease("node-z", 4));
		this.node.run(Duration.ofSeconds(1));
		this.store.purge("leader");
		this.node.nextCall((call, target) -> call.execute(target));
		this.node.nextCall((call, target) -> {
			assertThat(call.purpose()).isEqualTo(Step.Purpose.RESERVE);
			// Stopped right here, while another node waits, leads, and is purged again
			this.clock.advance(Duration.ofMinutes(1));
			this.store.put("leader", Leases.lease("node-z", 9));
			this.store.purge("leader");
			return call.execute(target);
		});
		this.node.election.hint();
		this.node.run(T.plusMinutes(1).minusSeconds(1));
		assertThat(this.node.leads()).isFalse();
		this.node.run(Duration.ofSeconds(4));
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i6AbsentRecordBesideALogOfFormerTermsIsAWipedStore() {
		this.node.logEpoch = 7;
		this.node.run(T.minus(MILLI));
		assertThat(this.node.leads()).isFalse();
		this.node.run(Duration.ofSeconds(2));
		assertThat(this.node.leads()).isTrue();
		assertThat(this.node.term.epoch()).isGreaterThan(new Epoch(7));
	}

	@Test
	void i6ReservedRecordStandsForTheLongestDurationSeen() {
		Lease lease = Leases.lease("node-z", 4);
		this.store.put("leader",
				new Lease(lease.holder(), lease.nonce(), lease.epoch(), lease.state(), "", Duration.ofMinutes(10)));
		this.node.settle();
		this.store.purge("leader");
		this.node.run(Duration.ofMinutes(10).minus(MILLI));
		assertThat(this.node.leads()).isFalse();
		assertThat(leader().lease().duration()).isEqualTo(Duration.ofMinutes(10));
		this.node.run(Duration.ofSeconds(5));
		assertThat(this.node.leads()).isTrue();
		assertThat(leader().lease().duration()).isEqualTo(T);
	}

	@Test
	void i6TakeoverIsRefusedByTheStoreIfTheRecordHasMovedOn() {
		this.store.put("leader", Leases.lease("node-z", 4));
		this.node.run(T.minus(MILLI));
		this.node.nextCall((call, target) -> {
			// Renewed at the last moment, after our last look
			this.store.put("leader", Leases.lease("node-z", 4));
			return call.execute(target);
		});
		this.node.run(Duration.ofSeconds(9));
		assertThat(this.node.leads()).isFalse();
		assertThat(leader().lease().holder().value()).isEqualTo("node-z");
	}

	@Test
	void i7EpochIsGreaterThanThoseOfTheRecordTheRevisionAndTheLog() {
		this.store.put("leader", Leases.lease("node-z", 40).released());
		this.node.settle();
		assertThat(this.node.term.epoch()).isEqualTo(new Epoch(41));

		this.store.wipe();
		for (int i = 0; i < 60; i++) {
			this.store.put("leader", Leases.lease("node-z", 2).released());
		}
		ManualElection second = node("node-b", "b1");
		second.settle();
		assertThat(second.term.epoch()).isEqualTo(new Epoch(61));

		this.store.put("leader", Leases.lease("node-z", 2).released());
		ManualElection third = node("node-c", "c1");
		third.logEpoch = 1000;
		third.settle();
		assertThat(third.term.epoch()).isEqualTo(new Epoch(1001));
	}

	@Test
	void i7EpochDoesNotStartAgainWhenTheRecordVanishes() {
		this.store.put("leader", Leases.lease("node-z", 40));
		this.node.settle();
		this.store.wipe();
		this.node.run(T.multipliedBy(2));
		assertThat(this.node.term.epoch()).isGreaterThan(new Epoch(40));
	}

	@Test
	void i8RenewalWithoutAnAnswerThatWasAppliedNeitherExtendsNorLosesTheLease() {
		leading();
		this.clock.advance(Duration.ofSeconds(3));
		this.node.nextCall((call, target) -> {
			call.execute(target);
			return new Outcome.Failed("no answer");
		});
		this.node.settle();
		assertThat(this.node.term.remaining()).isEqualTo(T.minus(MARGIN).minusSeconds(3));
		this.node.calls.clear();
		this.node.run(Duration.ofMillis(500));
		assertThat(this.node.calls).startsWith("READ leader", "RENEW leader");
		assertThat(this.node.events).containsExactly("granted 1");
		assertThat(this.node.term.remaining()).isGreaterThan(T.minus(MARGIN).minusSeconds(1));
	}

	@Test
	void i8RenewalThatIsAppliedAfterTheNextLookDoesNotLoseTheLease() {
		leading();
		this.clock.advance(Duration.ofSeconds(3));
		Step.Call[] late = new Step.Call[1];
		this.node.nextCall((call, target) -> {
			late[0] = call;
			return new Outcome.Failed("no answer");
		});
		this.node.settle();
		this.clock.advance(Duration.ofMillis(400));
		this.node.nextCall((call, target) -> {
			assertThat(call.purpose()).isEqualTo(Step.Purpose.READ);
			Outcome outcome = call.execute(target);
			assertThat(late[0].execute(target)).isInstanceOf(Outcome.Written.class);
			return outcome;
		});
		this.node.settle();
		assertThat(this.node.events).containsExactly("granted 1");
		this.node.run(T);
		assertThat(this.node.events).containsExactly("granted 1");
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i8TakeoverWithoutAnAnswerIsNoLeaseUntilAnotherWriteSucceeds() {
		this.store.put("leader", Leases.lease("node-z", 1).released());
		this.store.put("node.node-a", Leases.lease("node-a", 1).released());
		this.node.eligible = false;
		this.node.settle();
		this.node.eligible = true;
		this.node.nextCall((call, target) -> {
			assertThat(call.purpose()).isEqualTo(Step.Purpose.TAKE);
			call.execute(target);
			return new Outcome.Failed("no answer");
		});
		this.node.settle();
		assertThat(leader().lease().nonce()).isEqualTo("a1");
		assertThat(this.node.leads()).isFalse();
		long first = leader().lease().epoch().value();
		this.node.run(Duration.ofSeconds(1));
		assertThat(this.node.leads()).isTrue();
		assertThat(this.node.term.epoch().value()).isGreaterThan(first);
	}

	@Test
	void i8CreateWithoutAnAnswerProvesNothingAndWaits() {
		this.store.put("node.node-a", Leases.lease("node-a", 1).released());
		this.node.eligible = false;
		this.node.settle();
		this.node.eligible = true;
		this.node.nextCall((call, target) -> {
			assertThat(call.purpose()).isEqualTo(Step.Purpose.TAKE);
			call.execute(target);
			return new Outcome.Failed("no answer");
		});
		this.node.run(T.minus(MILLI));
		assertThat(leader().lease().nonce()).isEqualTo("a1");
		assertThat(this.node.leads()).isFalse();
		this.node.run(Duration.ofSeconds(2));
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i8TakeoverAppliedAfterWeGaveUpIsGivenBack() {
		this.store.put("leader", Leases.lease("node-z", 1).released());
		this.store.put("node.node-a", Leases.lease("node-a", 1).released());
		this.node.eligible = false;
		this.node.settle();
		this.node.eligible = true;
		this.node.nextCall((call, target) -> {
			call.execute(target);
			return new Outcome.Failed("no answer");
		});
		this.node.settle();
		this.node.eligible = false;
		this.node.run(Duration.ofSeconds(1));
		assertThat(leader().lease().state()).isEqualTo(Lease.State.RELEASED);
		assertThat(this.node.events).isEmpty();
	}

	@Test
	void i9ReleaseTouchesOnlyTheOwnRecord() {
		leading();
		this.clock.advance(T);
		VersionedLease successor = this.store.put("leader", Leases.lease("node-z", 9));
		CompletableFuture<Boolean> done = this.node.release(new Epoch(1));
		this.node.run(Duration.ofSeconds(1));
		assertThat(done).isCompletedWithValue(false);
		assertThat(leader()).isEqualTo(successor);
	}

	@Test
	void i9ReleaseIsRefusedByTheStoreIfTheRecordHasMovedOn() {
		leading();
		CompletableFuture<Boolean> done = this.node.release(new Epoch(1));
		VersionedLease successor = this.store.put("leader", Leases.lease("node-z", 9));
		this.node.run(Duration.ofSeconds(1));
		assertThat(done).isCompletedWithValue(false);
		assertThat(leader()).isEqualTo(successor);
	}

	@Test
	void i9LeaseThatWasLostCanStillBeReleasedAfterTheStepDown() {
		leading();
		this.node.eligible = false;
		this.clock.advance(T.minus(MARGIN));
		this.node.settle();
		assertThat(this.node.events).containsExactly("granted 1", "lost 1");
		assertThat(leader().lease().state()).isEqualTo(Lease.State.HELD);
		CompletableFuture<Boolean> done = this.node.release(new Epoch(1));
		this.node.settle();
		assertThat(done).isCompletedWithValue(true);
		assertThat(leader().lease().state()).isEqualTo(Lease.State.RELEASED);
	}

	@Test
	void i10NoDecisionUsesTheWallClock() {
		JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("io.hacluster.election");
		noClasses().should()
			.callMethod(System.class, "currentTimeMillis")
			.orShould()
			.dependOnClassesThat()
			.haveNameMatching(
					"java\\.time\\.(Clock|Instant|LocalDateTime|ZonedDateTime|OffsetDateTime)|java\\.util\\.Date")
			.check(classes);
	}

	@Test
	void i11GapLongerThanTheMarginDropsTheLeaseFirst() {
		leading();
		long until = this.node.settle();
		this.clock.set(until);
		this.clock.advance(MARGIN.plus(MILLI));
		this.node.calls.clear();
		Step step = this.node.election.next(this.clock.nanoTime());
		assertThat(this.node.events).containsExactly("granted 1", "lost 1");
		assertThat(this.node.leads()).isFalse();
		assertThat(((Step.Call) step).purpose()).isEqualTo(Step.Purpose.READ);
	}

	@Test
	void i11GapShorterThanTheMarginDropsNothing() {
		leading();
		long until = this.node.settle();
		this.clock.set(until);
		this.clock.advance(MARGIN.minus(MILLI));
		this.node.settle();
		assertThat(this.node.events).containsExactly("granted 1");
	}

	@Test
	void i11CallThatTookLongerThanItMayByMoreThanTheMarginDropsTheLease() {
		leading();
		this.clock.advance(Duration.ofSeconds(3));
		this.node.callTime = ManualElection.SETTINGS.storeTimeout().plus(MARGIN).plus(MILLI);
		this.node.nextCall((call, target) -> call.execute(target));
		Step.Call renewal = (Step.Call) this.node.election.next(this.clock.nanoTime());
		long sentAt = this.clock.nanoTime();
		this.clock.advance(this.node.callTime);
		assertThat(this.node.leads()).isTrue();
		this.node.election.completed(renewal, renewal.execute(this.store), sentAt, this.clock.nanoTime());
		assertThat(this.node.leads()).isFalse();
		assertThat(this.node.events).containsExactly("granted 1", "lost 1");
	}

	@Test
	void i11SuspendedMachineDropsTheLease() {
		leading();
		this.node.election.slept(MARGIN.toNanos());
		assertThat(this.node.leads()).isTrue();
		this.node.election.slept(MARGIN.toNanos() + 1);
		assertThat(this.node.leads()).isFalse();
		long[] clocks = { 0, 0 };
		SleepDetector detector = new SleepDetector(() -> clocks[0], () -> clocks[1]);
		clocks[0] = 90;
		clocks[1] = 90;
		assertThat(detector.sinceLastCall()).isZero();
		clocks[0] = 5090;
		clocks[1] = 95;
		assertThat(detector.sinceLastCall()).isEqualTo(4995);
		clocks[0] = -1;
		assertThat(detector.sinceLastCall()).isZero();
		clocks[0] = 5100;
		clocks[1] = 105;
		assertThat(detector.sinceLastCall()).isZero();
	}

	@Test
	void i12LiveDuplicateOfTheNodeIdIsNeverACandidate() {
		leading();
		ManualElection duplicate = node("node-a", "a2");
		for (int i = 0; i < 40; i++) {
			this.node.run(Duration.ofMillis(500));
			duplicate.settle();
		}
		ElectionStatus status = duplicate.election.status();
		assertThat(status.duplicateNodeId()).isTrue();
		assertThat(status.candidate()).isFalse();
		assertThat(status.problem()).contains("another live process").contains("'node-a'").contains("'test'");
		assertThat(duplicate.calls).doesNotContain("TAKE leader", "TAKE node.node-a");
		assertThat(this.node.election.status().duplicateNodeId()).isFalse();
		assertThat(this.node.leads()).isTrue();
		// The first leaves: every state has an exit
		this.node.release(new Epoch(1));
		this.node.election.leave(this.clock.nanoTime() + T.toNanos());
		this.node.settle();
		assertThat(this.node.election.hasLeft(this.clock.nanoTime())).isTrue();
		duplicate.run(T);
		assertThat(duplicate.election.status().duplicateNodeId()).isFalse();
		assertThat(duplicate.leads()).isTrue();
	}

	@Test
	void i12DuplicateIsNoticedWithinOneLease() {
		leading();
		ManualElection duplicate = node("node-a", "a2");
		for (int i = 0; i < 20; i++) {
			this.node.run(Duration.ofMillis(500));
			duplicate.settle();
		}
		assertThat(duplicate.election.status().duplicateNodeId()).isTrue();
	}

	@Test
	void i12RestartUnderTheSameIdIsAnotherHolderAndWaits() {
		leading();
		ManualElection restarted = node("node-a", "a2");
		restarted.run(T.minus(MILLI));
		assertThat(restarted.leads()).isFalse();
		restarted.run(Duration.ofSeconds(2));
		assertThat(restarted.leads()).isTrue();
		assertThat(restarted.term.epoch()).isGreaterThan(new Epoch(1));
		assertThat(restarted.election.status().duplicateNodeId()).isFalse();
		// The old process goes on: it has lost
		this.node.settle();
		assertThat(this.node.leads()).isFalse();
	}

	@Test
	void i13RecordIsPolledWithoutAnyHint() {
		this.store.put("leader", Leases.lease("node-z", 4));
		this.node.settle();
		this.store.put("leader", Leases.lease("node-z", 4).released());
		this.node.run(ManualElection.SETTINGS.renewInterval());
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i13HintIsFollowedAtOnceButProvesNothing() {
		this.store.put("leader", Leases.lease("node-z", 4));
		this.node.settle();
		this.node.election.hint();
		this.node.calls.clear();
		this.node.settle();
		assertThat(this.node.calls).containsExactly("READ leader");
		this.store.put("leader", Leases.lease("node-z", 4).released());
		this.node.election.hint();
		this.node.settle();
		assertThat(this.node.leads()).isTrue();
	}

	@Test
	void i15LatenessOfRenewalsIsMeasured() {
		leading();
		this.clock.advance(Duration.ofMillis(3250));
		this.node.settle();
		assertThat(this.node.election.status().lateness()).isEqualTo(Duration.ofMillis(250));
		this.clock.advance(Duration.ofSeconds(3));
		this.node.settle();
		assertThat(this.node.election.status().lateness()).isZero();
		assertThat(this.node.election.status().maxLateness()).isEqualTo(Duration.ofMillis(250));
		assertThat(this.node.election.status().renewals()).isGreaterThanOrEqualTo(2);
	}

	@Test
	void i17StoreThatCannotBeReachedEndsTheTermAtTheDeadline() {
		leading();
		for (int i = 0; i < 100; i++) {
			this.node.nextCall((call, target) -> new Outcome.Failed("NATS does not answer"));
		}
		this.node.run(T.minus(MARGIN).minus(MILLI));
		assertThat(this.node.events).containsExactly("granted 1");
		this.node.run(MILLI);
		assertThat(this.node.events).containsExactly("granted 1", "lost 1");
		ElectionStatus status = this.node.election.status();
		assertThat(status.problem()).isEqualTo("NATS does not answer");
		assertThat(status.lastFailure()).contains("NATS does not answer");
		assertThat(status.losses()).isEqualTo(1);
	}

	@Test
	void i18RetriesAreJitteredAndNeverWaitLongerThanARenewInterval() {
		Schedule schedule = new Schedule(Duration.ofSeconds(3).toNanos(), new Random(4));
		List<Long> delays = new java.util.ArrayList<>();
		for (int i = 0; i < 50; i++) {
			schedule.failed(0, false);
			delays.add(schedule.notBefore(0));
		}
		assertThat(delays).allMatch((delay) -> delay > 0 && delay <= Duration.ofSeconds(3).toNanos());
		assertThat(delays.stream().distinct().count()).isGreaterThan(45);
	}

	@Test
	void i18NodeWhoseCandidateFailsGoesOnObservingAndTriesAgain() {
		boolean[] broken = { true };
		Candidate candidate = new Candidate() {

			@Override
			public boolean isEligible() {
				return true;
			}

			@Override
			public Epoch latestEpoch() {
				if (broken[0]) {
					throw new IllegalStateException("the log cannot be read");
				}
				return Epoch.NONE;
			}

		};
		Election election = new Election(Leases.identity("node-q", "q"), ManualElection.SETTINGS, candidate,
				this.clock::nanoTime, new Random(1), (event) -> {
				});
		for (int i = 0; i < 10; i++) {
			step(election);
		}
		assertThat(election.status().problem()).isEqualTo("cannot become leader: the log cannot be read");
		assertThat(this.store.read("leader")).isEmpty();
		broken[0] = false;
		for (int i = 0; i < 10; i++) {
			step(election);
		}
		assertThat(leader().lease().holder().value()).isEqualTo("node-q");
		assertThat(election.status().problem()).isNull();
	}

	private void step(Election election) {
		Step step = election.next(this.clock.nanoTime());
		if (step instanceof Step.Call call) {
			election.completed(call, call.execute(this.store), this.clock.nanoTime(), this.clock.nanoTime());
		}
		else {
			this.clock.set(((Step.Pause) step).until());
		}
	}

	@Test
	void refusedRenewalLosesTheLeaseAtOnce() {
		leading();
		this.store.put("leader", Leases.lease("node-z", 9));
		this.clock.advance(Duration.ofSeconds(3));
		this.node.settle();
		assertThat(this.node.events).containsExactly("granted 1", "lost 1");
	}

	@Test
	void purgeByAnOperatorEndsTheTermAtTheNextRenewal() {
		leading();
		this.store.purge("leader");
		this.clock.advance(Duration.ofSeconds(3));
		this.node.eligible = false;
		this.node.settle();
		assertThat(this.node.leads()).isFalse();
	}

	@Test
	void timeAsideThatEndsDuringAReleaseDoesNotSpin() {
		leading();
		this.node.release(new Epoch(1));
		this.node.election.standAside(this.clock.nanoTime() + Duration.ofMillis(100).toNanos());
		for (int i = 0; i < 10; i++) {
			this.node.nextCall((call, target) -> new Outcome.Failed("no answer"));
		}
		this.node.run(Duration.ofMillis(200));
		assertThat(this.node.settle() - this.clock.nanoTime()).isPositive();
	}

	@Test
	void standAsideKeepsOutOfTheRaceForItsTimeAndNoLonger() {
		leading();
		this.node.release(new Epoch(1));
		this.node.election.standAside(this.clock.nanoTime() + T.toNanos());
		this.node.run(T.minus(MILLI));
		assertThat(this.node.leads()).isFalse();
		this.node.run(MILLI);
		assertThat(this.node.leads()).isTrue();
	}

}
