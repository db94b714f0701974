package io.hacluster.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

import io.hacluster.NodeIdentity;
import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.lifecycle.ClusterStatus;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.member.Member;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;

/**
 * What this node says of itself. Its parts are looked up when they are asked: some of
 * them are made of what is told about members.
 */
final class NodeMember implements Supplier<Member> {

	/**
	 * Leaves room for the time in what a record takes.
	 */
	private static final int MAX_MESSAGE = 900;

	private final NodeIdentity identity;

	private final HaClusterProperties properties;

	private final ObjectProvider<ClusterLifecycle> node;

	private final ObjectProvider<Electors> electors;

	private final ObjectProvider<Replication> replication;

	private final Clock clock;

	private final String version;

	NodeMember(NodeIdentity identity, HaClusterProperties properties, ObjectProvider<ClusterLifecycle> node,
			ObjectProvider<Electors> electors, ObjectProvider<Replication> replication, Clock clock) {
		this.identity = identity;
		this.properties = properties;
		this.node = node;
		this.electors = electors;
		this.replication = replication;
		this.clock = clock;
		// Absent where the classes do not come from a jar
		this.version = Objects.requireNonNullElse(Member.class.getPackage().getImplementationVersion(), "development");
	}

	@Override
	public Member get() {
		ClusterStatus status = this.node.getObject().status();
		ReplicationStatus replicated = replicated();
		BackendStatus backend = status.backend();
		ClusterStatus.Failure failure = status.lastFailure();
		String obstacle = obstacle(status, replicated);
		return new Member(this.identity.nodeId(), this.identity.nonce(), this.version, status.role(),
				status.state().name(), status.epoch().value(), (replicated != null) ? replicated.txid() : null,
				(replicated != null) ? lag(replicated) : null, (backend != null) ? backend.state().name() : null,
				this.properties.address(), this.properties.labels(), this.properties.election().priority(),
				obstacle == null, (failure != null) ? describe(failure) : null,
				this.properties.election().leaseDuration(), this.clock.instant(), obstacle);
	}

	/**
	 * With its time, since a failure is told until the next promotion.
	 */
	private static String describe(ClusterStatus.Failure failure) {
		String message = failure.message();
		if (message.length() > MAX_MESSAGE) {
			message = message.substring(0, MAX_MESSAGE) + "…";
		}
		return message + " (at " + failure.at().truncatedTo(ChronoUnit.SECONDS) + ")";
	}

	private @Nullable ReplicationStatus replicated() {
		Replication present = this.replication.getIfAvailable();
		return (present != null) ? present.status() : null;
	}

	/**
	 * To the millisecond, as it is stored.
	 */
	private static Duration lag(ReplicationStatus replicated) {
		return Duration.ofMillis(replicated.lag().toMillis());
	}

	/**
	 * Says what keeps this node from leading now, apart from what depends on other nodes:
	 * who goes first, and whether the cluster is paused.
	 * @return {@code null} if nothing does
	 */
	private @Nullable String obstacle(ClusterStatus status, @Nullable ReplicationStatus replicated) {
		List<String> found = new ArrayList<>();
		BackendStatus backend = status.backend();
		if (this.properties.election().priority() == 0) {
			found.add("its priority is 0");
		}
		if (status.state() == LifecycleState.DEMOTING) {
			found.add("it is in state DEMOTING");
		}
		if (backend != null && backend.coolingUntil() != null) {
			found.add("it cools, because its backend could not be kept running there");
		}
		if (replicated != null && replicated.state() == ReplicationStatus.State.RESTORING) {
			found.add("it has no replica yet");
		}
		boolean leads = status.state() == LifecycleState.LEADER || status.state() == LifecycleState.PROMOTING;
		String outside = (found.isEmpty() && !leads) ? this.electors.getObject().obstacle() : null;
		if (outside != null) {
			found.add(outside);
		}
		return found.isEmpty() ? null : String.join(", and ", found);
	}

}
