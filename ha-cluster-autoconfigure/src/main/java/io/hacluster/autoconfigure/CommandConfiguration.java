package io.hacluster.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

import io.hacluster.NodeIdentity;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.nats.NatsLeaseStore;
import io.hacluster.member.nats.NatsStateStore;
import io.hacluster.replication.nats.NatsReplicaStore;

/**
 * What a command needs of a node: its name and its stores, without the node. The stores
 * of NATS are such that do not create what is not there.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnHaCluster
@EnableConfigurationProperties(HaClusterProperties.class)
@ImportAutoConfiguration({ SslAutoConfiguration.class, HaClusterLocalAutoConfiguration.class,
		HaClusterNatsAutoConfiguration.class })
class CommandConfiguration {

	@Bean
	NodeIdentity haClusterNodeIdentity(HaClusterProperties properties, ConfigurableEnvironment environment) {
		new HaClusterPropertiesValidator(properties).validate(environment);
		String directory = properties.local().directory();
		if (properties.store() == HaClusterProperties.Store.LOCAL && directory != null
				&& !Files.isDirectory(Path.of(directory))) {
			throw HaClusterPropertiesValidator.invalid("local.directory", directory, "The directory does not exist");
		}
		return new NodeIdentityFactory(properties).create();
	}

	@Bean
	ElectionSettings haClusterElectionSettings(HaClusterProperties properties) {
		return new ElectionSettingsFactory(properties).create(false);
	}

	/**
	 * The stores on NATS.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "ha.cluster.store", havingValue = "nats")
	static class Nats {

		@Bean
		NatsLeaseStore haClusterExistingLeaseStore(NatsOptions options, HaClusterProperties properties,
				NodeIdentity identity, ElectionSettings election) {
			return NatsLeaseStore.existing(identity, options,
					HaClusterNatsAutoConfiguration.leaseStoreSettings(properties, identity, election));
		}

		@Bean
		NatsStateStore haClusterExistingStateStore(NatsOptions options, HaClusterProperties properties,
				NodeIdentity identity) {
			return NatsStateStore.existing(identity, options,
					HaClusterNatsAutoConfiguration.stateStoreSettings(properties, identity));
		}

		@Bean
		@ConditionalOnProperty("ha.cluster.sqlite.path")
		NatsReplicaStore haClusterExistingReplicaStore(NatsOptions options, HaClusterProperties properties,
				NodeIdentity identity) {
			return NatsReplicaStore.existing(options,
					HaClusterNatsAutoConfiguration.replicaStoreSettings(properties, identity), identity);
		}

	}

}
