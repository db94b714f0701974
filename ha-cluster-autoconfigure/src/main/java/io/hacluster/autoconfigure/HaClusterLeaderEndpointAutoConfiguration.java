package io.hacluster.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.hacluster.Leadership;
import io.hacluster.actuate.LeaderEndpoint;
import io.hacluster.actuate.LeaderEndpointWebExtension;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.replication.Replication;

/**
 * Auto-configuration of the {@code leader} endpoint.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(ClusterLifecycle.class)
@ConditionalOnAvailableEndpoint(LeaderEndpoint.class)
public final class HaClusterLeaderEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	LeaderEndpoint leaderEndpoint(Leadership leadership, ClusterLifecycle lifecycle,
			ObjectProvider<Replication> replication) {
		Replication present = replication.getIfAvailable();
		return new LeaderEndpoint(leadership, () -> lifecycle.status().state().name(),
				(present != null) ? present::status : null, () -> present != null && present.requestSnapshot());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	LeaderEndpointWebExtension leaderEndpointWebExtension(LeaderEndpoint endpoint) {
		return new LeaderEndpointWebExtension(endpoint);
	}

}
