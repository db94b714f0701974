package io.hacluster.actuate;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;

/**
 * Refuses what the {@code leader} endpoint does not know. Actuator drops parameters that
 * an operation does not have, so that a misspelled {@code target} would hand over to any
 * node, and a misspelled {@code maxLag} would pass any replica.
 */
public final class LeaderEndpointAdvisor implements OperationInvokerAdvisor {

	private static final EndpointId ENDPOINT = EndpointId.of("leader");

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		if (!ENDPOINT.equals(endpointId)) {
			return invoker;
		}
		List<String> known = parameters.stream().map(OperationParameter::getName).toList();
		return (operationType == OperationType.WRITE) ? (context) -> write(context, known, invoker)
				: (context) -> read(context, known, invoker);
	}

	/**
	 * JMX has no names of its own, and gives {@code null} for what is left out.
	 */
	private static @Nullable Object write(InvocationContext context, List<String> known, OperationInvoker invoker) {
		if (context.canResolve(WebServerNamespace.class)) {
			Map<String, Object> arguments = context.getArguments();
			String unknown = unknown(arguments.keySet(), known);
			if (unknown != null) {
				return invalid("There is no parameter '" + unknown + "', only " + String.join(", ", known));
			}
			for (String name : arguments.keySet()) {
				if (arguments.get(name) == null) {
					return invalid("'" + name + "' must not be null: leave it out");
				}
			}
		}
		return invoker.invoke(context);
	}

	private static WebEndpointResponse<ActionDescriptor> invalid(String message) {
		ActionDescriptor.Outcome outcome = ActionDescriptor.Outcome.INVALID;
		return new WebEndpointResponse<>(ActionDescriptor.of(outcome, message), outcome.status());
	}

	/**
	 * What is only shown may be asked for with more, such as what keeps caches away.
	 */
	private static @Nullable Object read(InvocationContext context, List<String> known, OperationInvoker invoker) {
		Map<String, Object> arguments = context.getArguments();
		if (arguments.get("view") instanceof String role && RoleChecks.NAMES.contains(role)) {
			String unknown = unknown(arguments.keySet(), known);
			if (unknown != null) {
				return new WebEndpointResponse<>(
						new LeaderEndpointWebExtension.Problem(RoleChecks.takesNo(role, unknown)),
						WebEndpointResponse.STATUS_BAD_REQUEST);
			}
		}
		return invoker.invoke(context);
	}

	private static @Nullable String unknown(Collection<String> names, List<String> known) {
		return names.stream().filter((name) -> !known.contains(name)).findFirst().orElse(null);
	}

}
