package io.hacluster.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.election.Candidate;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStanding;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.LeadershipRequest.Kind;
import io.hacluster.member.LeadershipRequest.State;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ElectionPolicy}, on a clock that only the test turns. The node is
 * {@code b}, of priority 100; {@code a} has led in epoch 7.
 */
class ElectionPolicyTests {

	private static final Duration LEASE = Duration.ofSeconds(10);

	private static final Duration MAX_LAG = Duration.ofSeconds(5);

	private static final Duration MOMENT = Duration.ofMillis(1);

	private final Nodes nodes = new Nodes().with(Nodes.member("a"), false).with(Nodes.member("b"));

	private Progress progress = new Progress(10L, 10L, Duration.ZERO);

	private Optional<LeadershipRequest> request = Optional.empty();

	private boolean able = true;

	private boolean found;

	private long now = Long.MAX_VALUE - LEASE.toNanos() / 2;

	private final Candidate node = new Candidate() {

		@Override
		public boolean isEligible() {
			return ElectionPolicyTests.this.able;
		}

		@Override
		public Epoch latestEpoch() {
			return new Epoch(6);
		}

	};

	private ElectionPolicy policy = policy(100);

	@BeforeEach
	void release() {
		free();
	}

	@Test
	void nodeThatIsAsGoodAsTheOthersRunsAtOnce() {
		this.nodes.with(Nodes.member("c"));
		assertThat(this.policy.isEligible()).isTrue();
		assertThat(this.policy.latestEpoch()).isEqualTo(new Epoch(6));
	}

	@Test
	void nodeThatCannotLeadDoesNotRun() {
		this.able = false;
		assertThat(this.policy.isEligible()).isFalse();
	}

	@Test
	void nodeOfPriorityZeroNeverRuns() {
		this.policy = policy(0);
		free();
		this.nodes.with(Nodes.priority(Nodes.member("b"), 0));
		this.request = request("b", State.ACCEPTED, true);
		pass(LEASE.multipliedBy(3));
		assertThat(this.policy.isEligible()).isFalse();
	}

	@Test
	void nodeDoesNotRunBeforeItHasSeenTheLease() {
		assertThat(policy(100).isEligible()).isFalse();
	}

	@Test
	void nodeLeavesTheRaceToAHigherPriorityForOneLeaseFromWhenTheLeaseIsFree() {
		this.nodes.with(Nodes.priority(Nodes.member("c"), 101));
		hold();
		pass(LEASE.minus(MOMENT));
		assertThat(this.policy.isEligible()).isFalse();
		pass(MOMENT);
		assertThat(this.policy.isEligible()).isFalse();
		pass(LEASE.minus(MOMENT));
		assertThat(this.policy.isEligible()).isFalse();
		pass(MOMENT);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeLeavesTheRaceOnlyToABetterOneThatIsThereAndAble() {
		this.nodes.with(Nodes.priority(Nodes.member("c"), 101), false);
		assertThat(this.policy.isEligible()).isTrue();
		this.nodes.with(Nodes.unable(Nodes.priority(Nodes.member("c"), 101), "DEMOTING", null));
		assertThat(this.policy.isEligible()).isTrue();
		this.nodes.with(Nodes.priority(Nodes.member("c"), 99));
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeDoesNotWaitForTheLastLeaderThatIsNotYetSeenToBeGone() {
		this.nodes.with(Nodes.priority(Nodes.member("a"), 1000), true);
		hold();
		pass(LEASE);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeThatIsTooFarBehindLeavesTheRaceToOneThatIsLevelWhateverItsPriority() {
		this.progress = new Progress(8L, 10L, MAX_LAG.plus(MOMENT));
		this.nodes.with(Nodes.priority(Nodes.member("c"), 1));
		assertThat(this.policy.isEligible()).isFalse();
		this.progress = new Progress(8L, 10L, MAX_LAG);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeThatIsTooFarBehindRunsWhenTheOthersAreFurtherBehind() {
		this.progress = new Progress(8L, 10L, MAX_LAG.plus(MOMENT));
		this.nodes.with(Nodes.behind(Nodes.priority(Nodes.member("c"), 200), 7, LEASE));
		assertThat(this.policy.isEligible()).isTrue();
		this.nodes.with(Nodes.behind(Nodes.priority(Nodes.member("c"), 1), 9, LEASE));
		assertThat(this.policy.isEligible()).isFalse();
		pass(LEASE);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nobodyRunsWhileTheClusterIsPausedAndOneDoesAsSoonAsItIsNot() {
		this.nodes.pause();
		for (int i = 0; i < 5; i++) {
			pass(LEASE);
			assertThat(this.policy.isEligible()).isFalse();
		}
		this.nodes.resume();
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void higherPriorityGoesFirstAlsoAfterAPause() {
		this.nodes.pause().with(Nodes.priority(Nodes.member("c"), 101));
		pass(LEASE.multipliedBy(5));
		assertThat(this.policy.isEligible()).isFalse();
		this.nodes.resume();
		assertThat(this.policy.isEligible()).isFalse();
		pass(LEASE);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void lastKnownPauseCountsWhileTheStoreIsAway() {
		this.nodes.pause();
		assertThat(this.policy.isEligible()).isFalse();
		this.nodes.current = false;
		pass(LEASE.multipliedBy(5));
		assertThat(this.policy.isEligible()).isFalse();
	}

	@Test
	void nodeThatHasJustStartedLearnsFirstWhetherTheClusterIsPausedButNotForever() {
		this.nodes.current = false;
		assertThat(this.policy.isEligible()).isFalse();
		pass(LEASE.minus(MOMENT));
		assertThat(this.policy.isEligible()).isFalse();
		pass(MOMENT);
		assertThat(this.policy.isEligible()).isTrue();
		pass(MOMENT);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeLeavesTheRaceToTheOneThatAnOperatorHasNamedForOneLease() {
		this.nodes.with(Nodes.priority(Nodes.member("c"), 1));
		this.request = request("c", State.ACCEPTED, false);
		assertThat(this.policy.isEligible()).isFalse();
		pass(LEASE.minus(MOMENT));
		assertThat(this.policy.isEligible()).isFalse();
		pass(MOMENT);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeDoesNotWaitForANamedOneThatIsGone() {
		this.nodes.with(Nodes.member("c"), false);
		this.request = request("c", State.ACCEPTED, false);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeThatAnOperatorHasNamedRunsAtOnceAlsoBeforeBetterOnes() {
		this.progress = new Progress(1L, 10L, Duration.ofHours(1));
		this.nodes.with(Nodes.priority(Nodes.member("c"), 1000));
		assertThat(this.policy.isEligible()).isFalse();
		this.request = request("b", State.ACCEPTED, false);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeThatAnOperatorHasNamedRunsInAPauseOnceTheLeaderAgreesOrNobodyNeedsTo() {
		this.nodes.pause();
		this.request = request("b", State.REQUESTED, false);
		assertThat(this.policy.isEligible()).isFalse();
		this.request = request("b", State.ACCEPTED, false);
		assertThat(this.policy.isEligible()).isTrue();
		this.request = request("b", State.REQUESTED, true);
		assertThat(this.policy.isEligible()).isTrue();
		this.request = request("c", State.ACCEPTED, true);
		assertThat(this.policy.isEligible()).isFalse();
	}

	@Test
	void requestThatTheLeaderHasNotAnsweredDecidesNothingOnceItsLeaseHasRunOut() {
		this.nodes.with(Nodes.priority(Nodes.member("c"), 101));
		hold();
		pass(LEASE);
		this.request = request("b", State.REQUESTED, false);
		assertThat(this.policy.isEligible()).isFalse();
		this.request = request("b", State.ACCEPTED, false);
		assertThat(this.policy.isEligible()).isTrue();
		this.request = request("b", State.REQUESTED, true);
		assertThat(this.policy.isEligible()).isTrue();
		this.nodes.with(Nodes.member("c"));
		this.request = request("c", State.REQUESTED, false);
		assertThat(this.policy.isEligible()).isTrue();
		this.request = request("c", State.REQUESTED, true);
		assertThat(this.policy.isEligible()).isFalse();
	}

	@Test
	void requestThatTheLeaderHasNotAnsweredCountsWhereNothingCanBeLost() {
		this.nodes.with(Nodes.priority(Nodes.member("c"), 101));
		this.request = request("b", State.REQUESTED, false);
		assertThat(this.policy.isEligible()).isTrue();
		hold();
		assertThat(this.policy.isEligible()).isFalse();
		this.progress = Progress.of(null);
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodeThatTakesALeaseThatHasRunOutKnowsWhatMayBeLost() {
		hold();
		lead(8);
		assertThat(this.policy.loss()).hasValueSatisfying((loss) -> assertThat(loss)
			.contains("a has led until now, in epoch 7, and has not handed over", "after transaction 10 may be lost"));
		// A renewal changes nothing about that
		lead(8);
		assertThat(this.policy.loss()).isPresent();
		// It has lost its own lease, and its data is where it was
		lead(9);
		assertThat(this.policy.loss()).isEmpty();
	}

	@Test
	void nodeThatTakesALeaseThatHasBeenGivenBackLosesNothing() {
		this.nodes.with(Nodes.behind(Nodes.member("a"), 12, Duration.ZERO));
		lead(8);
		assertThat(this.policy.loss()).isEmpty();
	}

	@Test
	void nodeThatIsHeldBackIsStillAbleUntilItHasLed() {
		assertThat(this.policy.isAble()).isFalse();
		this.nodes.pause();
		assertThat(this.policy.isEligible()).isFalse();
		assertThat(this.policy.isAble()).isTrue();
		lead(8);
		assertThat(this.policy.isAble()).isFalse();
		this.able = false;
		assertThat(this.policy.isEligible()).isFalse();
		assertThat(this.policy.isAble()).isFalse();
	}

	@Test
	void requestThatThisProcessHasFoundDoesNotActInAPause() {
		this.nodes.pause();
		this.found = true;
		this.request = request("b", State.ACCEPTED, false);
		assertThat(this.policy.isEligible()).isFalse();
		this.request = request("b", State.REQUESTED, true);
		assertThat(this.policy.isEligible()).isFalse();
		this.found = false;
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void nodesThatFailToLeadInTurnDoNotKeepOutAnotherOne() {
		this.nodes.with(Nodes.priority(Nodes.member("a"), 1000)).with(Nodes.priority(Nodes.member("c"), 500));
		this.policy.observed(new LeaseStanding(lease("a", 8, Lease.State.RELEASED), this.now));
		assertThat(this.policy.isEligible()).isFalse();
		this.policy.observed(new LeaseStanding(lease("c", 9, Lease.State.RELEASED), this.now));
		assertThat(this.policy.isEligible()).isTrue();
		this.policy.observed(new LeaseStanding(lease("a", 10, Lease.State.RELEASED), this.now));
		assertThat(this.policy.isEligible()).isTrue();
		this.nodes.with(Nodes.leading(Nodes.member("c"), 11));
		this.policy.observed(new LeaseStanding(lease("c", 11, Lease.State.HELD), this.now));
		assertThat(this.policy.isEligible()).isFalse();
	}

	@Test
	void nodeThatBeginsAnewLearnsAgainWhetherTheClusterIsPaused() {
		assertThat(this.policy.isEligible()).isTrue();
		this.policy.begin();
		this.nodes.current = false;
		assertThat(this.policy.isEligible()).isFalse();
		this.nodes.current = true;
		assertThat(this.policy.isEligible()).isTrue();
	}

	@Test
	void requestAboutAnEarlierTermMeansNothing() {
		this.nodes.with(Nodes.member("c")).pause();
		this.request = request("b", State.ACCEPTED, true);
		this.policy.observed(new LeaseStanding(lease(8, Lease.State.RELEASED), this.now));
		assertThat(this.policy.isEligible()).isFalse();
		this.nodes.resume();
		this.request = request("c", State.ACCEPTED, true);
		assertThat(this.policy.isEligible()).isTrue();
	}

	private ElectionPolicy policy(int priority) {
		return new ElectionPolicy(new NodeIdentity("test", Nodes.id("b"), "nonce-b"),
				new PolicySettings(priority, MAX_LAG, LEASE), this.node, () -> this.progress, this.nodes::view,
				() -> this.request, (it) -> this.found, () -> this.now);
	}

	private void free() {
		this.policy.observed(new LeaseStanding(lease(7, Lease.State.RELEASED), this.now));
	}

	private void hold() {
		this.policy.observed(new LeaseStanding(lease(7, Lease.State.HELD), this.now + LEASE.toNanos()));
	}

	private void lead(long epoch) {
		this.policy.observed(new LeaseStanding(lease("b", epoch, Lease.State.HELD), this.now + LEASE.toNanos()));
	}

	private void pass(Duration time) {
		this.now += time.toNanos();
	}

	private static Lease lease(long epoch, Lease.State state) {
		return lease("a", epoch, state);
	}

	private static Lease lease(String holder, long epoch, Lease.State state) {
		return new Lease(Nodes.id(holder), "nonce-" + holder, new Epoch(epoch), state, "", LEASE);
	}

	private static Optional<LeadershipRequest> request(String target, State state, boolean acceptDataLoss) {
		return Optional.of(new LeadershipRequest("1", Kind.FAILOVER, 7, Nodes.id(target), acceptDataLoss, Nodes.id("c"),
				Instant.EPOCH, state, ""));
	}

}
