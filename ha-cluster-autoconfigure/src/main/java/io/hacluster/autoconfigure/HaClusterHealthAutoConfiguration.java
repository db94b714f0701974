package io.hacluster.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.hacluster.actuate.HaClusterHealthIndicator;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.replication.Replication;
import io.hacluster.vip.LinuxVirtualIp;

/**
 * Auto-configuration of the health component {@code haCluster}.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(ClusterLifecycle.class)
@ConditionalOnEnabledHealthIndicator("ha-cluster")
public final class HaClusterHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "haClusterHealthIndicator")
	HaClusterHealthIndicator haClusterHealthIndicator(ClusterLifecycle lifecycle, Electors electors,
			ObjectProvider<Replication> replication, ObjectProvider<LinuxVirtualIp> virtualIp) {
		Replication present = replication.getIfAvailable();
		LinuxVirtualIp address = virtualIp.getIfAvailable();
		return new HaClusterHealthIndicator(lifecycle::status, electors::status,
				(present != null) ? present::status : null, (address != null) ? address::status : null);
	}

}
