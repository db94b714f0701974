package io.hacluster.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.hacluster.actuate.HaClusterHealthIndicator;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.Members;
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
			ObjectProvider<Replication> replication, ObjectProvider<LinuxVirtualIp> virtualIp,
			ObjectProvider<Members> members, HaClusterProperties properties) {
		Replication present = replication.getIfAvailable();
		LinuxVirtualIp address = virtualIp.getIfAvailable();
		Members nodes = members.getIfAvailable();
		return new HaClusterHealthIndicator(lifecycle::status, electors::status,
				(present != null) ? present::status : null, (address != null) ? address::status : null,
				(nodes != null) ? nodes::view : null, maxLag(properties));
	}

	private static @Nullable Duration maxLag(HaClusterProperties properties) {
		Duration maxLag = properties.health().maxLag();
		if (maxLag != null && (maxLag.isNegative() || maxLag.isZero())) {
			throw new InvalidConfigurationPropertyValueException("ha.cluster.health.max-lag", maxLag,
					"It must be positive.");
		}
		return maxLag;
	}

}
