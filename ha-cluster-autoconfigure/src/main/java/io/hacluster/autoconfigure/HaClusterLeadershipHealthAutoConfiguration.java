package io.hacluster.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.hacluster.Leadership;
import io.hacluster.actuate.LeadershipHealthGroups;
import io.hacluster.actuate.LeadershipStateHealthIndicator;
import io.hacluster.lifecycle.ClusterLifecycle;

/**
 * Auto-configuration of the health component {@code leadershipState}, for groups that are
 * to be up on the leader only.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class,
		afterName = "org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration",
		beforeName = { "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration",
				"org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration" })
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean({ ClusterLifecycle.class, ApplicationAvailability.class })
@ConditionalOnEnabledHealthIndicator("leadership-state")
public final class HaClusterLeadershipHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "leadershipStateHealthIndicator")
	LeadershipStateHealthIndicator leadershipStateHealthIndicator(ApplicationAvailability availability,
			Leadership leadership) {
		return new LeadershipStateHealthIndicator(availability, leadership);
	}

	@Bean
	static LeadershipHealthGroups haClusterLeadershipHealthGroups() {
		return new LeadershipHealthGroups("leadershipState");
	}

}
