package io.hacluster.autoconfigure;

import java.time.Clock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.ElectionSettings;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.Members;
import io.hacluster.operation.ElectionPolicy;
import io.hacluster.operation.NodeOperations;
import io.hacluster.operation.PolicySettings;
import io.hacluster.operation.RequestWatch;
import io.hacluster.replication.Replication;

/**
 * Auto-configuration of what an operator can ask of the cluster, and of who runs first.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class)
@ConditionalOnHaCluster
public final class HaClusterOperationAutoConfiguration {

	@Bean
	PolicySettings haClusterPolicySettings(HaClusterProperties properties, ElectionSettings settings) {
		HaClusterProperties.Election election = properties.election();
		if (election.priority() < 0 || election.priority() > PolicySettings.MAX_PRIORITY) {
			throw HaClusterPropertiesValidator.invalid("election.priority", election.priority(),
					"It must be 0 to " + PolicySettings.MAX_PRIORITY);
		}
		if (election.maxLagOnFailover().isNegative()) {
			throw HaClusterPropertiesValidator.invalid("election.max-lag-on-failover", election.maxLagOnFailover(),
					"It must not be negative");
		}
		return new PolicySettings(election.priority(), election.maxLagOnFailover(), settings.leaseDuration());
	}

	@Bean
	RequestWatch haClusterRequestWatch(NodeIdentity identity, ControlRecords records) {
		return new RequestWatch(identity, records, Ticker.SYSTEM);
	}

	@Bean
	ElectionPolicy haClusterElectionPolicy(NodeIdentity identity, PolicySettings settings, RequestWatch watch,
			ObjectProvider<Replication> replication, ObjectProvider<Members> members) {
		Replication present = replication.getIfAvailable();
		// The members depend on who is able to lead
		SingletonSupplier<Members> resolved = SingletonSupplier.of(members::getObject);
		return new ElectionPolicy(identity, settings, ReplicaCandidate.of(present), present,
				() -> resolved.obtain().view(), watch, Ticker.SYSTEM);
	}

	@Bean
	NodeOperations haClusterOperations(NodeIdentity identity, PolicySettings settings, ClusterLifecycle node,
			Members members, ControlRecords records, RequestWatch watch, ElectionPolicy policy,
			ObjectProvider<Replication> replication) {
		return new NodeOperations(identity, settings, node, members, records, watch, policy,
				replication.getIfAvailable(), Clock.systemUTC(), Ticker.SYSTEM);
	}

	@Bean
	NodeDuty haClusterOperationsDuty(NodeOperations operations, ElectionSettings settings, Electors electors) {
		return new NodeDuty() {

			@Override
			public void start() {
				operations.start(settings.renewInterval(), electors::reconsider);
			}

			@Override
			public void stop() {
				operations.close();
			}

		};
	}

}
