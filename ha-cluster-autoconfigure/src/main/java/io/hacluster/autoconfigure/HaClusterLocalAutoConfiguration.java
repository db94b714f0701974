package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.util.Objects;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.hacluster.NodeIdentity;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.local.LocalLeaseStore;
import io.hacluster.member.StateStore;
import io.hacluster.member.local.LocalStateStore;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.local.LocalReplicaStore;

/**
 * Auto-configuration of the stores in a directory that the nodes of one machine share.
 */
@AutoConfiguration
@ConditionalOnHaCluster
@ConditionalOnProperty(name = "ha.cluster.store", havingValue = "local")
@EnableConfigurationProperties(HaClusterProperties.class)
public final class HaClusterLocalAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(LeaseStore.class)
	LocalLeaseStore haClusterLocalLeaseStore(HaClusterProperties properties, NodeIdentity identity) {
		return new LocalLeaseStore(identity, directory(properties));
	}

	@Bean
	@ConditionalOnMissingBean(StateStore.class)
	LocalStateStore haClusterLocalStateStore(HaClusterProperties properties, NodeIdentity identity) {
		return new LocalStateStore(identity, directory(properties));
	}

	@Bean
	@ConditionalOnMissingBean(ReplicaStore.class)
	@ConditionalOnProperty("ha.cluster.sqlite.path")
	LocalReplicaStore haClusterLocalReplicaStore(HaClusterProperties properties, NodeIdentity identity) {
		return new LocalReplicaStore(directory(properties), identity);
	}

	private static Path directory(HaClusterProperties properties) {
		return Path.of(Objects.requireNonNull(properties.local().directory(), "'directory' must not be null"));
	}

}
