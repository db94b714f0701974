package io.hacluster.autoconfigure;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;

import io.hacluster.actuate.RoleCheckWebFluxMapping;
import io.hacluster.actuate.RoleChecks;

/**
 * Answers OPTIONS for the role checks of the {@code leader} endpoint on Spring WebFlux,
 * on whichever port the endpoint is.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean({ PathMappedEndpoints.class, RoleChecks.class })
public final class HaClusterWebFluxManagementConfiguration {

	@Bean
	RoleCheckWebFluxMapping haClusterRoleCheckMapping(RoleChecks checks, PathMappedEndpoints endpoints) {
		return new RoleCheckWebFluxMapping(checks, String.valueOf(endpoints.getPath(EndpointId.of("leader"))));
	}

}
