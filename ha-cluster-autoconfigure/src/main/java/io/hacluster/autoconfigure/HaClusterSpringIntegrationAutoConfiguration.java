package io.hacluster.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.event.DefaultLeaderEventPublisher;
import org.springframework.integration.leader.event.LeaderEventPublisher;

import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.integration.SpringIntegrationLeadership;

/**
 * Auto-configuration of the bridge to Spring Integration, for the leadership of a cluster
 * and for that of a test.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class)
@ConditionalOnClass(LeaderEventPublisher.class)
@ConditionalOnBean({ Leadership.class, NodeIdentity.class })
public final class HaClusterSpringIntegrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SpringIntegrationLeadership haClusterSpringIntegrationLeadership(NodeIdentity identity, Leadership leadership,
			ObjectProvider<LeaderEventPublisher> publisher, ApplicationEventPublisher events,
			ObjectProvider<Candidate> candidates) {
		return new SpringIntegrationLeadership(identity, leadership,
				publisher.getIfAvailable(() -> new DefaultLeaderEventPublisher(events)),
				candidates.orderedStream().toList());
	}

}
