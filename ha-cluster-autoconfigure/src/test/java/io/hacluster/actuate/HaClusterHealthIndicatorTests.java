package io.hacluster.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership.Leader;
import io.hacluster.NodeId;
import io.hacluster.backend.BackendHealth;
import io.hacluster.election.ElectionStatus;
import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.BackendStatus.State;
import io.hacluster.lifecycle.ClusterStatus;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.vip.VirtualIpStatus;

import static org.assertj.core.api.Assertions.assertThat;

class HaClusterHealthIndicatorTests {

	private static final NodeId NODE = new NodeId("a");

	private ClusterRole role = ClusterRole.FOLLOWER;

	private LifecycleState state = LifecycleState.FOLLOWER;

	private @Nullable String leader = "b";

	private @Nullable TransitionReport lastTransition;

	private @Nullable String lastFailure;

	private @Nullable BackendStatus backend;

	private @Nullable String electionProblem;

	private @Nullable String replicationFailure;

	private List<DivergedDatabase> diverged = List.of();

	private @Nullable String virtualIpProblem;

	private @Nullable Duration maxLag;

	private @Nullable ClusterView view;

	@Test
	void healthOfFollowerIsUpWithItsDetails() {
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("role", ClusterRole.FOLLOWER)
			.containsEntry("epoch", 7L)
			.containsEntry("leader", "b")
			.doesNotContainKeys("reason", "backend", "lastFailure");
		assertThat(replicationDetails(health)).containsEntry("position", 41L)
			.containsEntry("logPosition", 42L)
			.containsEntry("lag", 0.25)
			.doesNotContainKey("diverged");
	}

	@Test
	void healthOfLeaderWithBackendThatServesIsUp() {
		lead();
		this.backend = backend(State.UP, new BackendHealth(BackendHealth.Status.UP, "pid 1"));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void healthOfLeaderWithBackendThatDoesNotServeIsDownWithReason() {
		lead();
		this.backend = backend(State.DOWN, new BackendHealth(BackendHealth.Status.DOWN, "503"));
		assertDown("The backend does not serve: 503");
	}

	@Test
	void healthWhileSteppingDownIsOutOfService() {
		this.state = LifecycleState.DEMOTING;
		assertThat(health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void healthWhenElectionHasAProblemIsDownWithReason() {
		this.electionProblem = "Another live process has the node id 'a'";
		assertDown("Another live process has the node id 'a'");
	}

	@Test
	void healthWhenReplicationFailsIsDownWithReason() {
		this.replicationFailure = "No space left on device";
		assertDown("No space left on device");
	}

	@Test
	void healthWhenNodeCannotSettleAtStartIsDownWithReason() {
		this.state = LifecycleState.DEMOTING;
		this.lastTransition = new TransitionReport(TransitionReport.Kind.START_UP, Epoch.NONE, TransitionCause.SETTLING,
				"start", Instant.EPOCH, Duration.ZERO, List.of(), "disk is read-only");
		assertDown("The node cannot be put into a follower's state: disk is read-only");
	}

	@Test
	void healthAfterFailureIsUpWhileAnotherLeads() {
		this.lastFailure = "start-backend: no such program";
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("lastFailure",
				Map.of("at", Instant.EPOCH, "message", "start-backend: no such program"));
	}

	@Test
	void healthAfterFailureIsDownWhileNobodyLeads() {
		this.leader = null;
		this.lastFailure = "start-backend: no such program";
		assertDown("There is no leader, and this node failed: start-backend: no such program");
	}

	@Test
	void healthNamesDivergedFiles() {
		Instant time = Instant.parse("2026-01-02T03:04:05Z");
		this.diverged = List.of(new DivergedDatabase(Path.of("/data/db.diverged-3-20260102T030405Z"), new Epoch(3),
				time, 8192, new DivergedDatabase.Branch("log", 41), "node-b has led since"));
		assertThat(replicationDetails(health())).containsEntry("diverged",
				List.of(Map.of("file", "/data/db.diverged-3-20260102T030405Z", "time", time, "bytes", 8192L, "epoch",
						3L, "branch", 41L, "reason", "node-b has led since")));
	}

	@Test
	void healthWithoutReplicationHasNoReplicationDetails() {
		assertThat(new HaClusterHealthIndicator(this::status, this::election, null, null, null, null).health()
			.getDetails()).doesNotContainKey("replication");
	}

	@Test
	void healthOfLeaderWhoseVirtualIpFailsIsDownWithReason() {
		lead();
		this.virtualIpProblem = "eth0 has no carrier";
		assertDown("eth0 has no carrier");
		assertThat(health().getDetails()).containsEntry("virtualIp", Map.of("held", false, "interface", "eth0",
				"addresses", List.of("10.0.0.100/24"), "announcements", 1L, "repairs", 2L));
	}

	@Test
	void healthOfFollowerThatIsTooFarBehindIsDownWithReason() {
		this.maxLag = Duration.ofMillis(250);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		this.maxLag = Duration.ofMillis(249);
		assertDown("The replica is 0.25 s behind the log, more than the 0.249 s of ha.cluster.health.max-lag");
	}

	@Test
	void healthOfOthersThanFollowersIsNotJudgedByTheirLag() {
		this.maxLag = Duration.ofMillis(1);
		lead();
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		this.role = ClusterRole.FOLLOWER;
		this.state = LifecycleState.PROMOTING;
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void healthShowsTheMembersAndThePause() {
		Member member = new Member(new NodeId("b"), "nonce", "1", ClusterRole.LEADER, "LEADER", 7, 42L,
				Duration.ofMillis(1), "UP", "", Map.of(), 1, true, null, Duration.ofSeconds(10), Instant.EPOCH);
		this.view = new ClusterView("c", List.of(new ClusterView.Seen(member, true, Duration.ZERO)), null, true);
		assertThat(health().getDetails())
			.containsEntry("members",
					List.of(Map.of("nodeId", "b", "role", ClusterRole.LEADER, "state", "LEADER", "alive", true,
							"position", 42L, "lag", 0.001)))
			.doesNotContainKey("paused");
		this.view = new ClusterView("c", List.of(), new ClusterView.Pause("upgrade", new NodeId("b"), Instant.EPOCH),
				true);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).containsEntry("paused",
				Map.of("reason", "upgrade", "by", "b", "since", Instant.EPOCH));
	}

	private void lead() {
		this.role = ClusterRole.LEADER;
		this.state = LifecycleState.LEADER;
		this.leader = "a";
	}

	private void assertDown(String reason) {
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("reason", reason);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> replicationDetails(Health health) {
		return (Map<String, Object>) health.getDetails().get("replication");
	}

	private Health health() {
		return new HaClusterHealthIndicator(this::status, this::election,
				() -> new ReplicationStatus(ReplicationStatus.State.FOLLOWING, 41, 42, Duration.ofMillis(250),
						this.replicationFailure, this.diverged,
						new ReplicationStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ReplicationStatus.Upkeep.NONE,
								Duration.ZERO)),
				() -> new VirtualIpStatus(false, "eth0", List.of("10.0.0.100/24"), null, this.virtualIpProblem, null, 1,
						2, 3),
				() -> (this.view != null) ? this.view : new ClusterView("c", List.of(), null, true), this.maxLag)
			.health();
	}

	@Test
	void healthOfLeaderWhoseBackendIsRestartedIsDownWithWhatHappened() {
		this.role = ClusterRole.LEADER;
		this.backend = backend(State.RESTARTING, null);
		assertDown("The backend is being restarted: exited with code 3; last output: no space");
		this.backend = backend(State.FAILED, null);
		assertDown("The backend has failed: exited with code 3; last output: no space");
	}

	@Test
	void healthHasTheDetailOfTheSupervision() {
		// Of a follower, too: why it does not take over.
		this.backend = backend(State.STOPPED, null);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails().get("backend"))
			.isEqualTo(Map.of("state", State.STOPPED, "consecutiveFailures", 2, "restartsInWindow", 3, "lastFailure",
					Map.of("at", Instant.EPOCH, "message", "exited with code 3; last output: no space"), "coolingUntil",
					Instant.EPOCH.plusSeconds(30)));
		this.backend = new BackendStatus(State.UP, new BackendHealth(BackendHealth.Status.UP, "pid 1"), 0, 0, null,
				null, Duration.ofSeconds(1), new BackendStatus.Totals(1, 0, 0));
		assertThat(health().getDetails().get("backend"))
			.isEqualTo(Map.of("state", State.UP, "detail", "pid 1", "consecutiveFailures", 0, "restartsInWindow", 0));
	}

	private static BackendStatus backend(State state, @Nullable BackendHealth health) {
		return new BackendStatus(state, health, 2, 3,
				new ClusterStatus.Failure(Instant.EPOCH, "exited with code 3; last output: no space"),
				Instant.EPOCH.plusSeconds(30), Duration.ZERO, new BackendStatus.Totals(5, 4, 3));
	}

	private ElectionStatus election() {
		return new ElectionStatus(true, false, this.electionProblem, this.electionProblem, Duration.ZERO, Duration.ZERO,
				0, 0, 0, 0);
	}

	private ClusterStatus status() {
		Optional<Leader> known = Optional.ofNullable(this.leader)
			.map((name) -> new Leader(new NodeId(name), new Epoch(7), Instant.EPOCH));
		return new ClusterStatus(NODE, this.role, this.state, new Epoch(7), known, null, null, this.lastTransition,
				(this.lastFailure != null) ? new ClusterStatus.Failure(Instant.EPOCH, this.lastFailure) : null,
				this.backend);
	}

}
