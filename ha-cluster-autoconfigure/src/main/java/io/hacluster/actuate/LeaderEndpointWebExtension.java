package io.hacluster.actuate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import io.hacluster.operation.InvalidRequestException;

/**
 * Gives what {@link LeaderEndpoint} answers its HTTP status, and adds the checks for load
 * balancers, {@code primary} and {@code replica}, which are a status and nothing else.
 */
@EndpointWebExtension(endpoint = LeaderEndpoint.class)
public class LeaderEndpointWebExtension {

	private final LeaderEndpoint delegate;

	private final RoleChecks checks;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 * @param checks the checks for load balancers
	 */
	public LeaderEndpointWebExtension(LeaderEndpoint delegate, RoleChecks checks) {
		this.delegate = delegate;
		this.checks = checks;
	}

	/**
	 * Describes the cluster, or checks the role of this node.
	 * @param view {@code cluster}, {@code history}, {@code primary} or {@code replica}
	 * @param maxLag how far a replica may be behind, with its unit
	 * @return the description; or 200 or 503 alone; 404 if there is no such view
	 */
	@ReadOperation
	public WebEndpointResponse<Object> view(@Selector String view, @Nullable String maxLag) {
		if (RoleChecks.NAMES.contains(view)) {
			return check(view, maxLag);
		}
		Object description = this.delegate.view(view);
		return (description != null) ? new WebEndpointResponse<>(description)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private WebEndpointResponse<Object> check(String role, @Nullable String maxLag) {
		try {
			return new WebEndpointResponse<>(this.checks.passes(role, maxLag) ? WebEndpointResponse.STATUS_OK
					: WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
		catch (InvalidRequestException ex) {
			return new WebEndpointResponse<>(new Problem(String.valueOf(ex.getMessage())),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
	}

	/**
	 * Does what is asked for.
	 * @param action the action
	 * @param target the node that is to lead after a switchover or failover
	 * @param timeout how long to wait for the outcome of those, with its unit
	 * @param acceptDataLoss whether a failover may lose transactions, {@code true} or
	 * {@code false}
	 * @param reason why the cluster is paused
	 * @return what came of it, with the status that {@link ActionDescriptor.Outcome} has
	 */
	@WriteOperation
	public WebEndpointResponse<ActionDescriptor> act(@Nullable String action, @Nullable String target,
			@Nullable String timeout, @Nullable String acceptDataLoss, @Nullable String reason) {
		ActionDescriptor result = this.delegate.act(action, target, timeout, acceptDataLoss, reason);
		return new WebEndpointResponse<>(result, result.outcome().status());
	}

	/**
	 * What was wrong with a request.
	 *
	 * @param message the same for people
	 */
	public record Problem(String message) {
	}

}
