package io.hacluster.actuate;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.Leadership;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.operation.DurationParameter;
import io.hacluster.operation.InvalidRequestException;
import io.hacluster.replication.ReplicationStatus;

/**
 * What a load balancer asks of a node. Never blocks; asks nobody else.
 */
public final class RoleChecks {

	static final String PRIMARY = "primary";

	static final String REPLICA = "replica";

	static final String MAX_LAG = "maxLag";

	static final List<String> NAMES = List.of(PRIMARY, REPLICA);

	private final Leadership leadership;

	private final Supplier<LifecycleState> state;

	private final @Nullable Supplier<ReplicationStatus> replication;

	/**
	 * Creates the checks.
	 * @param leadership the leadership
	 * @param state what the node is doing
	 * @param replication the replication, {@code null} if nothing is replicated
	 */
	public RoleChecks(Leadership leadership, Supplier<LifecycleState> state,
			@Nullable Supplier<ReplicationStatus> replication) {
		this.leadership = leadership;
		this.state = state;
		this.replication = replication;
	}

	/**
	 * Checks a role.
	 * @param role {@code primary} or {@code replica}
	 * @param maxLag how far a replica may be behind, {@code null} for any lag
	 * @return whether the node may be used as such now
	 * @throws InvalidRequestException if that makes no sense
	 */
	boolean passes(String role, @Nullable String maxLag) {
		if (PRIMARY.equals(role)) {
			if (maxLag != null) {
				throw new InvalidRequestException(takesNo(role, MAX_LAG));
			}
			return this.leadership.isLeader();
		}
		return isReplica((maxLag != null) ? DurationParameter.parse(MAX_LAG, maxLag) : null);
	}

	/**
	 * Returns what is wrong with a check.
	 * @param role the check
	 * @param parameter what it was given
	 * @return a message
	 */
	static String takesNo(String role, String parameter) {
		return "'" + role + "' takes no '" + parameter + "'";
	}

	/**
	 * A node that is being promoted, or steps down, is neither; one that builds its
	 * replica anew has none.
	 */
	private boolean isReplica(@Nullable Duration maxLag) {
		if (this.leadership.role() != ClusterRole.FOLLOWER || this.state.get() != LifecycleState.FOLLOWER) {
			return false;
		}
		if (this.replication == null) {
			return maxLag == null;
		}
		ReplicationStatus status = this.replication.get();
		return status.state() == ReplicationStatus.State.FOLLOWING
				&& (maxLag == null || status.lag().compareTo(maxLag) <= 0);
	}

}
