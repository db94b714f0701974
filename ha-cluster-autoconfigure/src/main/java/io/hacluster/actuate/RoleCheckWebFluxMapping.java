package io.hacluster.actuate;

import java.lang.reflect.Method;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Maps OPTIONS of the role checks on Spring WebFlux, and nothing else: what it does not
 * know goes on to the mapping of the endpoints.
 */
public final class RoleCheckWebFluxMapping extends RequestMappingInfoHandlerMapping {

	/**
	 * Before the mapping of the endpoints, which has -100.
	 */
	private static final int ORDER = -110;

	private final RoleChecks checks;

	private final String endpoint;

	/**
	 * Creates the mapping.
	 * @param checks the checks
	 * @param endpoint the path of the endpoint
	 */
	public RoleCheckWebFluxMapping(RoleChecks checks, String endpoint) {
		this.checks = checks;
		this.endpoint = endpoint;
		setOrder(ORDER);
	}

	@Override
	protected void initHandlerMethods() {
		for (RoleCheckOptions options : RoleCheckOptions.all(this.checks)) {
			registerMapping(
					RequestMappingInfo.paths(options.path(this.endpoint)).methods(RequestMethod.OPTIONS).build(),
					options, RoleCheckOptions.method());
		}
	}

	@Override
	protected @Nullable RequestMappingInfo getMappingForMethod(Method method, Class<?> handlerType) {
		return null;
	}

	@Override
	protected boolean isHandler(Class<?> beanType) {
		return false;
	}

	@Override
	protected @Nullable HandlerMethod handleNoMatch(Set<RequestMappingInfo> infos, ServerWebExchange exchange) {
		return null;
	}

}
