package io.hacluster.autoconfigure;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.nats.client.Connection;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration of the stores on NATS.
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnHaCluster
@ConditionalOnClass(Connection.class)
@ConditionalOnProperty(name = "ha.cluster.store", havingValue = "nats")
@EnableConfigurationProperties(HaClusterProperties.class)
public final class HaClusterNatsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(NatsConnectionDetails.class)
	PropertiesNatsConnectionDetails natsConnectionDetails(HaClusterProperties properties,
			ObjectProvider<SslBundles> sslBundles) {
		new HaClusterPropertiesValidator(properties).validateNatsConnection();
		return new PropertiesNatsConnectionDetails(properties.nats(), sslBundles.getIfAvailable());
	}

	@Bean
	NatsOptions natsOptions(NatsConnectionDetails details, HaClusterProperties properties, NodeIdentity identity) {
		return new NatsOptions(details, properties.nats().connectionTimeout(), identity);
	}

	@Bean
	@Order(0)
	NatsStartupCheck natsStartupCheck(NatsOptions options, NatsConnectionDetails details,
			HaClusterProperties properties) {
		return new NatsStartupCheck(options, details.getServers(), properties.nats().startupTimeout(), Ticker.SYSTEM);
	}

}
