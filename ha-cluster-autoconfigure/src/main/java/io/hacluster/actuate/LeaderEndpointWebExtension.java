package io.hacluster.actuate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import io.hacluster.actuate.LeaderEndpoint.ActionDescriptor;

/**
 * Gives the outcomes of {@link LeaderEndpoint} their HTTP statuses: 202 for what is under
 * way, 400 for an unknown action, 409 on a node that does not lead.
 */
@EndpointWebExtension(endpoint = LeaderEndpoint.class)
public class LeaderEndpointWebExtension {

	private static final int STATUS_ACCEPTED = 202;

	private static final int STATUS_CONFLICT = 409;

	private final LeaderEndpoint delegate;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 */
	public LeaderEndpointWebExtension(LeaderEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Acts on the leader.
	 * @param action {@code step-down} or {@code snapshot}
	 * @return what came of it
	 */
	@WriteOperation
	public WebEndpointResponse<ActionDescriptor> act(@Nullable String action) {
		ActionDescriptor result = this.delegate.act(action);
		return new WebEndpointResponse<>(result, switch (result.outcome()) {
			case ACCEPTED -> STATUS_ACCEPTED;
			case REFUSED -> STATUS_CONFLICT;
			case UNKNOWN -> WebEndpointResponse.STATUS_BAD_REQUEST;
		});
	}

}
