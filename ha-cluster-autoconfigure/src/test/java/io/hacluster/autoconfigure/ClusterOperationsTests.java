package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.local.LocalLeaseStore;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.StateStore;
import io.hacluster.member.local.LocalStateStore;
import io.hacluster.operation.OperationResult;
import io.hacluster.operation.OperationResult.Outcome;
import io.hacluster.operation.RequestWatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What operators ask for, on nodes with a real election.
 */
class ClusterOperationsTests {

	private static final Duration PATIENCE = OperatedCluster.PATIENCE;

	private static final Duration LONGER_THAN_A_MOMENT = Duration.ofSeconds(2);

	private static final NodeId A = new NodeId("a");

	private static final NodeId B = new NodeId("b");

	private static final NodeId C = new NodeId("c");

	@TempDir
	Path directory;

	private OperatedCluster cluster;

	@BeforeEach
	void create() {
		this.cluster = OperatedCluster.local(this.directory);
	}

	@AfterEach
	void close() {
		this.cluster.close();
	}

	@Test
	void switchoverAskedForOnAnyNodeMovesTheLeadershipToTheTarget() {
		startThree();
		OperationResult first = this.cluster.operations("b").switchover(C, PATIENCE);
		assertThat(first.outcome()).as(first.message()).isEqualTo(Outcome.DONE);
		assertThat(first.leader()).isEqualTo(C);
		assertThat(this.cluster.leadership("c").isLeader()).isTrue();
		assertThat(first.epoch()).isEqualTo(this.cluster.leadership("c").epoch().value());
		await().untilAsserted(() -> assertThat(this.cluster.leaders).containsExactly("a", "c"));
		await().untilAsserted(() -> assertThat(request()).get()
			.extracting(LeadershipRequest::state)
			.isEqualTo(LeadershipRequest.State.DONE));
		OperationResult back = this.cluster.operations("b").switchover(A, PATIENCE);
		assertThat(back.outcome()).as(back.message()).isEqualTo(Outcome.REFUSED);
		assertThat(back.message()).containsAnyOf("a cannot lead now: it stands aside after its last term",
				"a cannot lead now: it is in state DEMOTING", "a has just led");
	}

	@Test
	void switchoverWithoutTargetMovesTheLeadershipToTheHighestPriority() {
		this.cluster.start("a").start("b", "ha.cluster.election.priority=99").start("c");
		this.cluster.awaitLeader("a");
		OperationResult result = this.cluster.operations("a").switchover(null, PATIENCE);
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
		assertThat(result.leader()).isEqualTo(C);
		assertThat(result.message()).contains("c leads in epoch " + result.epoch());
	}

	@Test
	void switchoverThatNobodyQualifiesForIsRefusedWithEachReason() {
		this.cluster.start("a").start("b", "ha.cluster.election.priority=0");
		this.cluster.awaitLeader("a");
		OperationResult nobody = this.cluster.operations("b").switchover(null, PATIENCE);
		assertThat(nobody.outcome()).isEqualTo(Outcome.REFUSED);
		assertThat(nobody.message()).contains("b never leads: its priority is 0");
		assertThat(nobody.leader()).isEqualTo(A);
		assertThat(this.cluster.operations("a").failover(B, true, PATIENCE).message())
			.contains("b never leads: its priority is 0");
		assertThat(this.cluster.operations("a").switchover(A, PATIENCE).message()).contains("a leads already");
		assertThat(this.cluster.operations("a").switchover(new NodeId("x"), PATIENCE).message())
			.contains("there is no node x; the nodes are a, b");
		assertThat(request()).isEmpty();
		await().untilAsserted(() -> assertThat(this.cluster.leaders).containsExactly("a"));
	}

	@Test
	void requestWhileAnotherIsUnderWayIsRefused() {
		startThree();
		long epoch = this.cluster.leadership("a").epoch().value();
		this.cluster.operations("a").pause("");
		this.cluster.awaitPaused(true);
		this.cluster.stop("a");
		await().until(() -> this.cluster.leadership("b").leader().isEmpty());
		// Nobody leads who could answer it, and it is not accepted, so that it stays open
		this.cluster.bean("c", ControlRecords.class)
			.submit(new LeadershipRequest("open", LeadershipRequest.Kind.SWITCHOVER, epoch, C, false, C, Instant.EPOCH,
					LeadershipRequest.State.REQUESTED, ""));
		OperationResult result = this.cluster.operations("b").failover(B, true, PATIENCE);
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.REFUSED);
		assertThat(result.message()).contains("A SWITCHOVER", "on 'c' is under way");
		assertThat(this.cluster.isLed()).isFalse();
	}

	@Test
	void pausedClusterStaysWithoutALeaderUntilItResumes() {
		startThree();
		OperationResult paused = this.cluster.operations("c").pause("maintenance");
		assertThat(paused.outcome()).as(paused.message()).isEqualTo(Outcome.DONE);
		assertThat(this.cluster.operations("a").pause("again").message()).contains("by c");
		this.cluster.awaitPaused(true);
		// A leader leads on
		long epoch = this.cluster.leadership("a").epoch().value();
		await().during(LONGER_THAN_A_MOMENT).until(() -> this.cluster.leadership("a").isLeader());
		assertThat(this.cluster.leadership("a").epoch().value()).isEqualTo(epoch);
		this.cluster.stop("a");
		await().during(LONGER_THAN_A_MOMENT).until(() -> !this.cluster.isLed());
		// A node that starts in a pause keeps to it
		this.cluster.start("a");
		await().during(LONGER_THAN_A_MOMENT).until(() -> !this.cluster.isLed());
		OperationResult resumed = this.cluster.operations("b").resume();
		assertThat(resumed.outcome()).as(resumed.message()).isEqualTo(Outcome.DONE);
		await().until(this.cluster::isLed);
		assertThat(this.cluster.operations("b").resume().message()).contains("was not paused");
	}

	@Test
	void leaderOfAPausedClusterThatLosesItsLeaseStepsDownAndNobodyTakesOver() {
		this.cluster = OperatedCluster.withShortLease(this.directory);
		startPaused();
		this.cluster.pull("a");
		await().until(() -> !this.cluster.isLed() && this.cluster.leadership("b").leader().isEmpty());
		await().during(LONGER_THAN_A_MOMENT).until(() -> !this.cluster.isLed());
		this.cluster.operations("b").resume();
		await().until(() -> this.cluster.leadership("b").isLeader());
		assertThat(this.cluster.leadership("a").isLeader()).isFalse();
	}

	/**
	 * Starts a node that leads, pauses the cluster, and starts a second one, which has
	 * not led before.
	 */
	private void startPaused() {
		this.cluster.replicating("a", 10, Duration.ZERO);
		await().until(() -> this.cluster.leaders.contains("a"));
		this.cluster.operations("a").pause("");
		this.cluster.awaitPaused(true);
		this.cluster.replicating("b", 9, Duration.ofMillis(200));
		this.cluster.awaitPaused(true);
	}

	@Test
	void switchoverAndFailoverToANamedNodeWorkInAPauseWhichGoesOn() {
		startThree();
		this.cluster.operations("a").pause("");
		this.cluster.awaitPaused(true);
		assertThat(this.cluster.operations("b").switchover(null, PATIENCE).message()).contains("paused");
		assertThat(this.cluster.operations("a").stepDown().message()).contains("paused");
		OperationResult switched = this.cluster.operations("c").switchover(B, PATIENCE);
		assertThat(switched.outcome()).as(switched.message()).isEqualTo(Outcome.DONE);
		assertThat(this.cluster.leadership("b").isLeader()).isTrue();
		this.cluster.awaitLeader("b");
		this.cluster.stop("b");
		await().until(() -> this.cluster.leadership("a").leader().isEmpty());
		// It has handed over in order: nothing can be lost, nothing is to be accepted
		OperationResult failed = this.cluster.operations("a").failover(C, false, PATIENCE);
		assertThat(failed.outcome()).as(failed.message()).isEqualTo(Outcome.DONE);
		assertThat(failed.leader()).isEqualTo(C);
		this.cluster.awaitPaused(true);
	}

	@Test
	void nodeThatIsTooFarBehindIsNotSwitchedOverToButFailedOverTo() {
		this.cluster.replicating("a", 10, Duration.ZERO).replicating("b", 7, Duration.ofHours(1));
		this.cluster.awaitLeader("a");
		OperationResult refused = this.cluster.operations("a").switchover(B, PATIENCE);
		assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
		assertThat(refused.message()).contains("b is 3600.0 s behind", "max-lag-on-failover");
		OperationResult forced = this.cluster.operations("a").failover(B, false, PATIENCE);
		assertThat(forced.outcome()).as(forced.message()).isEqualTo(Outcome.DONE);
		assertThat(forced.message()).contains("3 transactions behind");
		assertThat(this.cluster.leadership("b").isLeader()).isTrue();
	}

	@Test
	void nodeThatIsTooFarBehindTakesOverAfterOneThatIsNot() {
		this.cluster.replicating("a", 10, Duration.ZERO)
			.replicating("b", 7, Duration.ofHours(1))
			.replicating("c", 9, Duration.ofSeconds(1));
		this.cluster.awaitLeader("a");
		this.cluster.stop("a");
		this.cluster.awaitLeader("c");
		this.cluster.awaitAble("b");
		this.cluster.stop("c");
		this.cluster.awaitLeader("b");
		await().untilAsserted(() -> assertThat(this.cluster.leaders).containsExactly("a", "c", "b"));
	}

	@Test
	void failoverFromALeaderThatIsGoneWaitsForItsLeaseAndForDataLossToBeAccepted() {
		leaveALeaseInAPause();
		this.cluster.replicating("b", 9, Duration.ofMillis(200));
		this.cluster.awaitPaused(true);
		// Refused until the node has seen the lease
		await().untilAsserted(() -> {
			OperationResult asked = this.cluster.operations("b").failover(B, false, PATIENCE);
			assertThat(asked.outcome()).as(asked.message()).isEqualTo(Outcome.NOT_CONFIRMED);
			assertThat(asked.message()).contains("a has led until now", "after transaction 10 may be lost");
		});
		assertThat(this.cluster.leaders).doesNotContain("b");
		OperationResult forced = this.cluster.operations("b").failover(B, true, PATIENCE);
		assertThat(forced.outcome()).as(forced.message()).isEqualTo(Outcome.DONE);
		assertThat(this.cluster.leadership("b").isLeader()).isTrue();
	}

	@Test
	void failoverThatTheLeaderDoesNotAnswerIsRefusedWhenItsLeaseHasRunOut() {
		silenceTheLeaderOfAPausedCluster();
		OperationResult refused = this.cluster.operations("b").failover(B, false, PATIENCE);
		assertThat(refused.outcome()).as(refused.message()).isEqualTo(Outcome.NOT_CONFIRMED);
		assertThat(refused.message()).contains("a has led until now", "after transaction 10 may be lost")
			.containsIgnoringCase("nothing has been changed");
		assertThat(request()).satisfies(
				(left) -> assertThat(left.filter(LeadershipRequest::isOpen)).as("nothing that acts later").isEmpty());
		assertThat(this.cluster.isLed()).isFalse();
	}

	@Test
	void failoverThatTheLeaderDoesNotAnswerGoesOnWithDataLossAcceptedAndSaysWhatMayBeLost() {
		silenceTheLeaderOfAPausedCluster();
		OperationResult forced = this.cluster.operations("b").failover(B, true, PATIENCE);
		assertThat(forced.outcome()).as(forced.message()).isEqualTo(Outcome.DONE);
		assertThat(forced.message()).contains("b leads in epoch", "a has led until now",
				"after transaction 10 may be lost");
	}

	@Test
	void failoverThatTheLeaderDoesNotAnswerIsNeverASuccessThoughTheClusterActsByItself() {
		this.cluster = OperatedCluster.withShortLease(this.directory);
		this.cluster.replicating("a", 10, Duration.ZERO).replicating("b", 9, Duration.ofMillis(200));
		await().until(this.cluster::isLed);
		String leader = this.cluster.leadership("a").isLeader() ? "a" : "b";
		String other = leader.equals("a") ? "b" : "a";
		silence(leader);
		OperationResult result = this.cluster.operations(other).failover(new NodeId(other), false, PATIENCE);
		assertThat(result.outcome()).as(result.message()).isIn(Outcome.NOT_CONFIRMED, Outcome.FAILED);
		assertThat(result.message()).contains(leader + " has led until now", "may be lost");
		await().until(() -> this.cluster.leadership(other).isLeader());
	}

	private void silenceTheLeaderOfAPausedCluster() {
		this.cluster = OperatedCluster.withShortLease(this.directory);
		startPaused();
		silence("a");
	}

	/**
	 * Has a node renew no lease and answer no request, while it still says that it is
	 * there: like one that has just been frozen.
	 */
	private void silence(String node) {
		this.cluster.bean(node, RequestWatch.class).close();
		this.cluster.pull(node);
	}

	/**
	 * Leaves what a leader leaves that dies while the cluster is paused.
	 */
	private void leaveALeaseInAPause() {
		NodeIdentity gone = new NodeIdentity("test", A, "gone");
		Path stores = this.directory.resolve("store");
		try (LeaseStore leases = new LocalLeaseStore(gone, stores);
				StateStore state = new LocalStateStore(gone, stores)) {
			leases.create("leader", new Lease(A, "gone", new Epoch(5), Lease.State.HELD, "", Duration.ofSeconds(3)));
			new ControlRecords(state, gone).pause(new Pause("", A, Instant.EPOCH));
		}
	}

	@Test
	void higherPriorityTakesOverFirst() {
		this.cluster.start("a")
			.start("b", "ha.cluster.election.priority=1")
			.start("c", "ha.cluster.election.priority=200")
			.start("d", "ha.cluster.election.priority=199");
		this.cluster.awaitLeader("a");
		this.cluster.stop("a");
		this.cluster.awaitLeader("c");
		this.cluster.awaitAble("d");
		this.cluster.stop("c");
		this.cluster.awaitLeader("d");
		this.cluster.stop("d");
		this.cluster.awaitLeader("b");
		await().untilAsserted(() -> assertThat(this.cluster.leaders).containsExactly("a", "c", "d", "b"));
	}

	@Test
	void nodeOfPriorityZeroDoesNotLeadEvenAlone() {
		this.cluster.start("a", "ha.cluster.election.priority=0");
		await().during(LONGER_THAN_A_MOMENT).until(() -> !this.cluster.isLed());
	}

	@Test
	void requestAboutAnEarlierTermIsPutAwayAndNotObeyed() {
		this.cluster.start("a").start("b");
		this.cluster.awaitLeader("a");
		Leadership.Leader leader = this.cluster.leadership("a").leader().orElseThrow();
		this.cluster.operations("a").switchover(B, PATIENCE);
		this.cluster.awaitLeader("b");
		ControlRecords records = this.cluster.bean("a", ControlRecords.class);
		LeadershipRequest former = records.request().orElseThrow().value();
		assertThat(former.fromEpoch()).isEqualTo(leader.epoch().value());
		LeadershipRequest forged = new LeadershipRequest("forged", former.kind(), former.fromEpoch(), A, true, A,
				former.at(), LeadershipRequest.State.ACCEPTED, "");
		await().until(() -> !records.request().orElseThrow().value().isOpen());
		records.replace(records.request().orElseThrow(), forged);
		await().until(() -> records.request().orElseThrow().value().state() == LeadershipRequest.State.FAILED);
		assertThat(this.cluster.leadership("b").isLeader()).isTrue();
		await().untilAsserted(() -> assertThat(this.cluster.leaders).containsExactly("a", "b"));
	}

	@Test
	void stepDownAndSnapshotAreForTheLeaderAlone() {
		this.cluster.start("a").start("b");
		this.cluster.awaitLeader("a");
		assertThat(this.cluster.operations("b").stepDown().outcome()).isEqualTo(Outcome.REFUSED);
		assertThat(this.cluster.operations("b").snapshot().outcome()).isEqualTo(Outcome.REFUSED);
		assertThat(this.cluster.operations("a").stepDown().outcome()).isEqualTo(Outcome.ACCEPTED);
		this.cluster.awaitLeader("b");
	}

	private void startThree() {
		this.cluster.start("a").start("b").start("c");
		this.cluster.awaitLeader("a");
	}

	private Optional<LeadershipRequest> request() {
		return this.cluster.bean("a", ControlRecords.class).request().map((stored) -> stored.value());
	}

}
