package io.hacluster.actuate;

import java.lang.reflect.Method;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Maps OPTIONS of the role checks on Spring MVC, and nothing else: what it does not know
 * goes on to the mapping of the endpoints.
 */
public final class RoleCheckWebMvcMapping extends RequestMappingInfoHandlerMapping {

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
	public RoleCheckWebMvcMapping(RoleChecks checks, String endpoint) {
		this.checks = checks;
		this.endpoint = endpoint;
		setOrder(ORDER);
	}

	@Override
	protected void initHandlerMethods() {
		RequestMappingInfo.BuilderConfiguration configuration = new RequestMappingInfo.BuilderConfiguration();
		configuration.setPatternParser(getPatternParser());
		for (RoleCheckOptions options : RoleCheckOptions.all(this.checks)) {
			registerMapping(RequestMappingInfo.paths(options.path(this.endpoint))
				.methods(RequestMethod.OPTIONS)
				.options(configuration)
				.build(), options, RoleCheckOptions.method());
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
	protected @Nullable HandlerMethod handleNoMatch(Set<RequestMappingInfo> infos, String lookupPath,
			HttpServletRequest request) {
		return null;
	}

}
