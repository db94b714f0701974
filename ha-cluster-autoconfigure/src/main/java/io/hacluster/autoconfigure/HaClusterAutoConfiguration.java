package io.hacluster.autoconfigure;

import java.net.URI;
import java.time.Duration;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.HttpHealthCheck;
import io.hacluster.backend.MonitoredBackend;
import io.hacluster.election.ElectionSettings;
import io.hacluster.event.LeadershipListenerFactory;
import io.hacluster.lifecycle.ClusterParts;
import io.hacluster.replication.Replication;
import io.hacluster.vip.VirtualIp;

import org.springframework.beans.factory.ObjectProvider;
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

	/**
	 * The worst time of an urgent step-down: the backend is killed, not asked.
	 */
	private static final Duration FORCED_STOP = Duration.ofMillis(150);

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

	@Bean
	ElectionSettings haClusterElectionSettings(HaClusterProperties properties, ObjectProvider<VirtualIp> virtualIp) {
		return new HaClusterPropertiesValidator(properties).electionSettings(FORCED_STOP,
				virtualIp.getIfAvailable() != null);
	}

	@Bean
	ClusterParts haClusterParts(HaClusterProperties properties, ObjectProvider<Replication> replication,
			ObjectProvider<VirtualIp> virtualIp, ObjectProvider<Backend> backend) {
		Backend present = backend.getIfAvailable();
		new HaClusterPropertiesValidator(properties).validateBackendPresence(present != null);
		return new ClusterParts(replication.getIfAvailable(), virtualIp.getIfAvailable(),
				(present != null) ? monitored(present, properties.backend().health()) : null);
	}

	private static Backend monitored(Backend backend, HaClusterProperties.Backend.Health health) {
		URI url = health.url();
		return (url != null) ? new MonitoredBackend(backend, new HttpHealthCheck(url, health.timeout())) : backend;
	}

}
