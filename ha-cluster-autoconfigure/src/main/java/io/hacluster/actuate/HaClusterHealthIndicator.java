package io.hacluster.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.hacluster.ClusterRole;
import io.hacluster.election.ElectionStatus;
import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.ClusterStatus;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.member.ClusterView;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.vip.VirtualIpStatus;

/**
 * Health of the node: up while it does what its role asks of it, whichever role that is;
 * out of service while it steps down; down, with the reason, when it cannot do its role.
 */
public class HaClusterHealthIndicator extends AbstractHealthIndicator {

	private final Supplier<ClusterStatus> status;

	private final Supplier<ElectionStatus> election;

	private final @Nullable Supplier<ReplicationStatus> replication;

	private final @Nullable Supplier<VirtualIpStatus> virtualIp;

	private final @Nullable Supplier<ClusterView> members;

	private final @Nullable Duration maxLag;

	/**
	 * Creates the indicator.
	 * @param status the status of the node
	 * @param election the election
	 * @param replication the replication, null if nothing is replicated
	 * @param virtualIp the virtual IP, null if there is none
	 * @param members the nodes of the cluster, null if they are not known
	 * @param maxLag how far a follower may be behind the log, null for any distance
	 */
	public HaClusterHealthIndicator(Supplier<ClusterStatus> status, Supplier<ElectionStatus> election,
			@Nullable Supplier<ReplicationStatus> replication, @Nullable Supplier<VirtualIpStatus> virtualIp,
			@Nullable Supplier<ClusterView> members, @Nullable Duration maxLag) {
		super("Cluster health check failed");
		this.status = status;
		this.election = election;
		this.replication = replication;
		this.virtualIp = virtualIp;
		this.members = members;
		this.maxLag = maxLag;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		ClusterStatus status = this.status.get();
		ReplicationStatus replication = (this.replication != null) ? this.replication.get() : null;
		VirtualIpStatus virtualIp = (this.virtualIp != null) ? this.virtualIp.get() : null;
		String reason = reason(status, this.election.get(), replication);
		if (reason == null && virtualIp != null && status.role() == ClusterRole.LEADER) {
			reason = virtualIp.problem();
		}
		if (reason == null && replication != null && status.state() == LifecycleState.FOLLOWER) {
			reason = ReplicationDetails.tooFarBehind(replication, this.maxLag);
		}
		if (reason != null) {
			builder.down().withDetail("reason", reason);
		}
		else if (status.state() == LifecycleState.DEMOTING) {
			builder.outOfService();
		}
		else {
			builder.up();
		}
		describe(builder, status);
		if (replication != null) {
			builder.withDetail("replication", ReplicationDetails.of(replication));
		}
		if (virtualIp != null) {
			builder.withDetail("virtualIp", VirtualIpDetails.of(virtualIp));
		}
		if (this.members != null) {
			describe(builder, this.members.get());
		}
	}

	private static @Nullable String reason(ClusterStatus status, ElectionStatus election,
			@Nullable ReplicationStatus replication) {
		TransitionReport last = status.lastTransition();
		if (last != null && last.kind() == TransitionReport.Kind.START_UP && last.failure() != null) {
			return "The node cannot be put into a follower's state: " + last.failure();
		}
		if (election.problem() != null) {
			return election.problem();
		}
		if (replication != null && replication.failure() != null) {
			return replication.failure();
		}
		BackendStatus backend = status.backend();
		if (status.role() == ClusterRole.LEADER && backend != null) {
			String problem = BackendDetails.problem(backend);
			if (problem != null) {
				return problem;
			}
		}
		ClusterStatus.Failure failure = status.lastFailure();
		if (failure != null && status.leader().isEmpty()) {
			return "There is no leader, and this node failed: " + failure.message();
		}
		return null;
	}

	private static void describe(Health.Builder builder, ClusterView view) {
		builder.withDetail("members", MemberDetails.of(view));
		ClusterView.Pause pause = view.pause();
		if (pause != null) {
			builder.withDetail("paused", MemberDetails.of(pause));
		}
	}

	private static void describe(Health.Builder builder, ClusterStatus status) {
		builder.withDetail("nodeId", status.nodeId().value())
			.withDetail("role", status.role())
			.withDetail("state", status.state())
			.withDetail("epoch", status.epoch().value());
		status.leader().ifPresent((leader) -> builder.withDetail("leader", leader.nodeId().value()));
		String step = status.currentStep();
		if (step != null) {
			builder.withDetail("step", step);
		}
		BackendStatus backend = status.backend();
		if (backend != null) {
			builder.withDetail("backend", BackendDetails.of(backend));
		}
		ClusterStatus.Failure failure = status.lastFailure();
		if (failure != null) {
			builder.withDetail("lastFailure", Map.of("at", failure.at(), "message", failure.message()));
		}
	}

}
