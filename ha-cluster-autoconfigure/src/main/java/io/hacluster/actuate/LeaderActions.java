package io.hacluster.actuate;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.InvalidRequestException;
import io.hacluster.operation.OperationRequest;

/**
 * What an operator can ask of the {@code leader} endpoint.
 */
public final class LeaderActions {

	private final ClusterOperations operations;

	/**
	 * Creates the actions.
	 * @param operations what does them
	 */
	public LeaderActions(ClusterOperations operations) {
		this.operations = operations;
	}

	ActionDescriptor act(@Nullable String action, @Nullable String target, @Nullable String timeout,
			@Nullable String acceptDataLoss, @Nullable String reason) {
		Map<String, String> parameters = new HashMap<>();
		put(parameters, "target", target);
		put(parameters, "timeout", timeout);
		put(parameters, "acceptDataLoss", acceptDataLoss);
		put(parameters, "reason", reason);
		try {
			return ActionDescriptor.of(OperationRequest.of(action, parameters).perform(this.operations));
		}
		catch (InvalidRequestException ex) {
			return ActionDescriptor.of(ActionDescriptor.Outcome.INVALID, String.valueOf(ex.getMessage()));
		}
		catch (HaClusterException ex) {
			return ActionDescriptor.of(ActionDescriptor.Outcome.UNKNOWN, String.valueOf(ex.getMessage()));
		}
	}

	private static void put(Map<String, String> parameters, String name, @Nullable String value) {
		if (value != null) {
			parameters.put(name, value);
		}
	}

}
