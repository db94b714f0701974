package io.hacluster.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.hacluster.Leadership;
import io.hacluster.actuate.LeaderActions;
import io.hacluster.actuate.LeaderDescriptions;
import io.hacluster.actuate.LeaderEndpoint;
import io.hacluster.actuate.LeaderEndpointAdvisor;
import io.hacluster.actuate.LeaderEndpointWebExtension;
import io.hacluster.actuate.RoleChecks;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.Members;
import io.hacluster.member.TermHistory;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;

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
			ObjectProvider<Replication> replication, Members members, TermHistory history,
			ClusterOperations operations) {
		return new LeaderEndpoint(new LeaderDescriptions(leadership, () -> lifecycle.status().state().name(),
				status(replication.getIfAvailable()), members, history), new LeaderActions(operations));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = LeaderEndpoint.class, exposure = EndpointExposure.WEB)
	RoleChecks leaderEndpointRoleChecks(Leadership leadership, ClusterLifecycle lifecycle,
			ObjectProvider<Replication> replication) {
		return new RoleChecks(leadership, () -> lifecycle.status().state(), status(replication.getIfAvailable()));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	LeaderEndpointWebExtension leaderEndpointWebExtension(LeaderEndpoint endpoint, RoleChecks checks) {
		return new LeaderEndpointWebExtension(endpoint, checks);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = LeaderEndpoint.class, exposure = EndpointExposure.WEB)
	static LeaderEndpointAdvisor leaderEndpointAdvisor() {
		return new LeaderEndpointAdvisor();
	}

	private static @Nullable Supplier<ReplicationStatus> status(@Nullable Replication replication) {
		return (replication != null) ? replication::status : null;
	}

}
