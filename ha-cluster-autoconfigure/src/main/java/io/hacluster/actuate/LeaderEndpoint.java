package io.hacluster.actuate;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.hacluster.operation.ClusterDocument;

/**
 * Shows who leads, who else is there and which terms there have been, and does for an
 * operator who has been granted access what can be asked of the cluster.
 */
@Endpoint(id = "leader", defaultAccess = Access.READ_ONLY)
public class LeaderEndpoint {

	static final String CLUSTER = "cluster";

	static final String HISTORY = "history";

	private final LeaderDescriptions descriptions;

	private final LeaderActions actions;

	/**
	 * Creates the endpoint.
	 * @param descriptions what it shows
	 * @param actions what it does
	 */
	public LeaderEndpoint(LeaderDescriptions descriptions, LeaderActions actions) {
		this.descriptions = descriptions;
		this.actions = actions;
	}

	/**
	 * Describes this node and the leader that it knows.
	 * @return the description
	 */
	@ReadOperation
	public NodeDescriptor leader() {
		return this.descriptions.node();
	}

	/**
	 * Describes the cluster.
	 * @param view {@code cluster} for its members, {@code history} for its terms
	 * @return the description, as {@link ClusterDocument} has it; {@code null} if there
	 * is no such view
	 */
	@ReadOperation
	public @Nullable Map<String, @Nullable Object> view(@Selector String view) {
		return switch (view) {
			case CLUSTER -> this.descriptions.cluster();
			case HISTORY -> this.descriptions.history();
			default -> null;
		};
	}

	/**
	 * Does what is asked for.
	 * @param action the action
	 * @param target the node that is to lead after a switchover or failover
	 * @param timeout how long to wait for the outcome of those, with its unit
	 * @param acceptDataLoss whether a failover may lose transactions, {@code true} or
	 * {@code false}
	 * @param reason why the cluster is paused
	 * @return what came of it
	 */
	@WriteOperation
	public ActionDescriptor act(@Nullable String action, @Nullable String target, @Nullable String timeout,
			@Nullable String acceptDataLoss, @Nullable String reason) {
		return this.actions.act(action, target, timeout, acceptDataLoss, reason);
	}

}
