package io.hacluster.autoconfigure;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.DispatcherServlet;

import io.hacluster.actuate.RoleCheckWebMvcMapping;
import io.hacluster.actuate.RoleChecks;

/**
 * Answers OPTIONS for the role checks of the {@code leader} endpoint on Spring MVC, on
 * whichever port the endpoint is.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean({ DispatcherServlet.class, PathMappedEndpoints.class, RoleChecks.class })
public final class HaClusterWebMvcManagementConfiguration {

	@Bean
	RoleCheckWebMvcMapping haClusterRoleCheckMapping(RoleChecks checks, PathMappedEndpoints endpoints) {
		return new RoleCheckWebMvcMapping(checks, String.valueOf(endpoints.getPath(EndpointId.of("leader"))));
	}

}
