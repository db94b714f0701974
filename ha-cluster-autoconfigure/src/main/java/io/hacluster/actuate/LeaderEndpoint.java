package io.hacluster.actuate;

import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.hacluster.ClusterRole;
import io.hacluster.Leadership;
import io.hacluster.replication.ReplicationStatus;

/**
 * Shows who leads, and lets an operator who has been granted access make the leader step
 * down or take a snapshot.
 */
@Endpoint(id = "leader", defaultAccess = Access.READ_ONLY)
public class LeaderEndpoint {

	static final String STEP_DOWN = "step-down";

	static final String SNAPSHOT = "snapshot";

	private static final List<String> ACTIONS = List.of(STEP_DOWN, SNAPSHOT);

	private static final double MILLIS_PER_SECOND = 1000.0;

	private final Leadership leadership;

	private final Supplier<String> state;

	private final @Nullable Supplier<ReplicationStatus> replication;

	private final BooleanSupplier snapshot;

	/**
	 * Creates the endpoint.
	 * @param leadership the leadership to show
	 * @param state names what the node is doing
	 * @param replication the replication to show, null if nothing is replicated
	 * @param snapshot asks for a snapshot and returns whether it will be taken
	 */
	public LeaderEndpoint(Leadership leadership, Supplier<String> state,
			@Nullable Supplier<ReplicationStatus> replication, BooleanSupplier snapshot) {
		this.leadership = leadership;
		this.state = state;
		this.replication = replication;
		this.snapshot = snapshot;
	}

	/**
	 * Describes this node and the leader that it knows.
	 * @return the description
	 */
	@ReadOperation
	public LeaderDescriptor leader() {
		ReplicationStatus status = (this.replication != null) ? this.replication.get() : null;
		LeaderDescriptor.Leader leader = this.leadership.leader()
			.map((known) -> new LeaderDescriptor.Leader(known.nodeId().value(), known.since()))
			.orElse(null);
		return new LeaderDescriptor(this.leadership.nodeId().value(), this.leadership.role(),
				this.leadership.epoch().value(), leader, (status != null) ? status.txid() : null,
				(status != null) ? status.lag().toMillis() / MILLIS_PER_SECOND : null, this.state.get());
	}

	/**
	 * Acts on the leader.
	 * @param action {@code step-down} or {@code snapshot}
	 * @return what came of it
	 */
	@WriteOperation
	public ActionDescriptor act(@Nullable String action) {
		if (STEP_DOWN.equals(action)) {
			return this.leadership.stepDown()
					? accepted("This node steps down and stays out of the race for one lease duration")
					: refused("This node does not lead");
		}
		if (SNAPSHOT.equals(action)) {
			return this.snapshot.getAsBoolean()
					? accepted("A snapshot is taken, unless nothing has changed since the last one")
					: refused("This node takes no snapshots now");
		}
		return new ActionDescriptor(ActionDescriptor.Outcome.UNKNOWN,
				(action != null) ? "There is no action '" + action + "'" : "The action is missing", ACTIONS);
	}

	private static ActionDescriptor accepted(String message) {
		return new ActionDescriptor(ActionDescriptor.Outcome.ACCEPTED, message, ACTIONS);
	}

	private ActionDescriptor refused(String message) {
		String leader = this.leadership.leader().map((known) -> known.nodeId().value()).orElse("not known");
		return new ActionDescriptor(ActionDescriptor.Outcome.REFUSED, message + "; the leader is " + leader, ACTIONS);
	}

	/**
	 * A node and the leader that it knows.
	 *
	 * @param nodeId this node
	 * @param role its role
	 * @param epoch the epoch of its term, or the latest one it has seen
	 * @param leader the leader, null while there is none
	 * @param position the last transaction applied here or acknowledged by the log, null
	 * if nothing is replicated
	 * @param lag seconds for which the oldest unshipped or unapplied transaction has been
	 * waiting, null if nothing is replicated
	 * @param state what the node is doing
	 */
	public record LeaderDescriptor(String nodeId, ClusterRole role, long epoch, @Nullable Leader leader,
			@Nullable Long position, @Nullable Double lag, String state) {

		/**
		 * A leader.
		 *
		 * @param nodeId the node
		 * @param since when this node first saw it lead
		 */
		public record Leader(String nodeId, Instant since) {
		}

	}

	/**
	 * What came of an action.
	 *
	 * @param outcome whether it is under way
	 * @param message the same for people
	 * @param actions the legal actions
	 */
	public record ActionDescriptor(Outcome outcome, String message, List<String> actions) {

		/**
		 * The outcomes.
		 */
		public enum Outcome {

			/**
			 * Is being done.
			 */
			ACCEPTED,

			/**
			 * Cannot be done by this node now.
			 */
			REFUSED,

			/**
			 * Is not a legal action.
			 */
			UNKNOWN

		}

	}

}
