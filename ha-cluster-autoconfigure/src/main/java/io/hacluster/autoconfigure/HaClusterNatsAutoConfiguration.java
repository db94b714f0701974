package io.hacluster.autoconfigure;

import java.nio.file.Path;

import io.nats.client.Connection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.nats.NatsLeaseStore;
import io.hacluster.election.nats.NatsLeaseStoreSettings;
import io.hacluster.member.StateStore;
import io.hacluster.member.nats.NatsStateStore;
import io.hacluster.member.nats.NatsStateStoreSettings;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;

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
		return new PropertiesNatsConnectionDetails(properties.nats(), sslBundles.getIfAvailable()).validate();
	}

	@Bean
	NatsOptions natsOptions(NatsConnectionDetails details, HaClusterProperties properties, NodeIdentity identity,
			ObjectProvider<SslBundles> sslBundles) {
		NatsOptions options = new NatsOptions(details, properties.nats().connectionTimeout(), identity);
		String bundle = properties.nats().ssl().bundle();
		if (bundle != null && details instanceof PropertiesNatsConnectionDetails) {
			sslBundles.ifAvailable((bundles) -> bundles.addBundleUpdateHandler(bundle, (renewed) -> options.renew()));
		}
		return options;
	}

	@Bean
	@ConditionalOnMissingBean(LeaseStore.class)
	NatsLeaseStore haClusterNatsLeaseStore(NatsOptions options, HaClusterProperties properties, NodeIdentity identity,
			ElectionSettings election) {
		return new NatsLeaseStore(identity, options, leaseStoreSettings(properties, identity, election));
	}

	@Bean
	@ConditionalOnBean(NatsLeaseStore.class)
	NatsStartupCheck haClusterNatsStartupCheck(NatsLeaseStore store, NatsConnectionDetails details,
			HaClusterProperties properties, NodeIdentity identity) {
		return new NatsStartupCheck(store::connect, properties.nats().startupTimeout(), details.getSslBundle() != null,
				identity, Ticker.SYSTEM);
	}

	@Bean
	@ConditionalOnMissingBean(StateStore.class)
	NatsStateStore haClusterNatsStateStore(NatsOptions options, HaClusterProperties properties, NodeIdentity identity) {
		return new NatsStateStore(identity, options, stateStoreSettings(properties, identity));
	}

	@Bean
	@ConditionalOnBean(NatsStateStore.class)
	NatsStateStartupCheck haClusterNatsStateStartupCheck(NatsStateStore store, HaClusterProperties properties,
			NodeIdentity identity) {
		return new NatsStateStartupCheck(store, properties.nats().startupTimeout(), identity);
	}

	@Bean
	@ConditionalOnMissingBean(ReplicaStore.class)
	@ConditionalOnProperty("ha.cluster.sqlite.path")
	NatsReplicaStore haClusterNatsReplicaStore(NatsOptions options, HaClusterProperties properties,
			NodeIdentity identity) {
		return new NatsReplicaStore(options, replicaStoreSettings(properties, identity), identity);
	}

	static NatsLeaseStoreSettings leaseStoreSettings(HaClusterProperties properties, NodeIdentity identity,
			ElectionSettings election) {
		HaClusterProperties.Nats nats = properties.nats();
		String bucket = nats.electionBucket();
		return (bucket != null) ? new NatsLeaseStoreSettings(bucket, nats.replicas(), election.storeTimeout())
				: NatsLeaseStoreSettings.forCluster(identity.cluster(), nats.replicas(), election.storeTimeout());
	}

	static NatsStateStoreSettings stateStoreSettings(HaClusterProperties properties, NodeIdentity identity) {
		HaClusterProperties.Nats nats = properties.nats();
		String bucket = nats.stateBucket();
		return (bucket != null) ? new NatsStateStoreSettings(bucket, nats.replicas(), nats.requestTimeout())
				: NatsStateStoreSettings.forCluster(identity.cluster(), nats.replicas(), nats.requestTimeout());
	}

	static NatsReplicaStoreSettings replicaStoreSettings(HaClusterProperties properties, NodeIdentity identity) {
		HaClusterProperties.Nats nats = properties.nats();
		NatsReplicaStoreSettings defaults = NatsReplicaStoreSettings.of(identity.cluster(),
				Path.of(properties.sqlite().path() + "-ha", "spool"));
		String bucket = nats.replicaBucket();
		return new NatsReplicaStoreSettings((bucket != null) ? bucket : defaults.bucket(), nats.replicas(),
				defaults.maxBytes(), defaults.window(), nats.requestTimeout(), defaults.appendTimeout(),
				defaults.fenceTimeout(), defaults.stallTimeout(), defaults.spoolDirectory(), defaults.spoolThreshold());
	}

}
