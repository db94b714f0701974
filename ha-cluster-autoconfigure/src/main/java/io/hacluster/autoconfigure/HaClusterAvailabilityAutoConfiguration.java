package io.hacluster.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

import io.hacluster.actuate.LeadershipAvailabilityPublisher;
import io.hacluster.lifecycle.ClusterLifecycle;

/**
 * Auto-configuration of the availability state that tells whether the node leads.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class)
@ConditionalOnBean(ClusterLifecycle.class)
public final class HaClusterAvailabilityAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	LeadershipAvailabilityPublisher haClusterAvailabilityPublisher(ApplicationEventPublisher publisher) {
		return new LeadershipAvailabilityPublisher(publisher);
	}

}
