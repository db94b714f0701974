package io.hacluster.autoconfigure;

import io.hacluster.NodeIdentity;
import io.hacluster.event.LeadershipListenerFactory;

import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of a cluster node: who it is, its election, and the two sequences.
 */
@AutoConfiguration(after = { HaClusterBackendAutoConfiguration.class, HaClusterNatsAutoConfiguration.class })
@ConditionalOnHaCluster
@EnableConfigurationProperties(HaClusterProperties.class)
public final class HaClusterAutoConfiguration {

	@Bean
	static LazyInitializationExcludeFilter haClusterLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(HaClusterLifecycle.class);
	}

	@Bean
	static LeadershipListenerFactory haClusterLeadershipListenerFactory() {
		return new LeadershipListenerFactory();
	}

	@Bean
	NodeIdentity haClusterNodeIdentity(HaClusterProperties properties) {
		HaClusterPropertiesValidator validator = new HaClusterPropertiesValidator(properties);
		validator.validate();
		return validator.identity();
	}

}
