package io.hacluster.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.hacluster.NodeIdentity;
import io.hacluster.actuate.BackendMetrics;
import io.hacluster.actuate.ElectionMetrics;
import io.hacluster.actuate.HaClusterMetrics;
import io.hacluster.actuate.MemberMetrics;
import io.hacluster.actuate.ReplicationMetrics;
import io.hacluster.actuate.StepMetrics;
import io.hacluster.actuate.VirtualIpMetrics;
import io.hacluster.election.ElectionSettings;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.Members;
import io.hacluster.replication.Replication;
import io.hacluster.vip.LinuxVirtualIp;

/**
 * Auto-configuration of the meters under {@code ha.cluster}.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ ClusterLifecycle.class, MeterRegistry.class })
public final class HaClusterMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StepMetrics haClusterStepMetrics(NodeIdentity identity) {
		return new StepMetrics(tags(identity));
	}

	@Bean
	@ConditionalOnMissingBean
	HaClusterMetrics haClusterMetrics(ClusterLifecycle lifecycle, ElectionSettings election, NodeIdentity identity) {
		return new HaClusterMetrics(lifecycle::status, election.leaseDuration(), tags(identity));
	}

	@Bean
	@ConditionalOnMissingBean
	BackendMetrics haClusterBackendMetrics(ClusterLifecycle lifecycle, NodeIdentity identity) {
		return new BackendMetrics(lifecycle::status, tags(identity));
	}

	@Bean
	@ConditionalOnMissingBean
	ElectionMetrics haClusterElectionMetrics(Electors electors, NodeIdentity identity) {
		return new ElectionMetrics(electors::status, tags(identity));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(Replication.class)
	ReplicationMetrics haClusterReplicationMetrics(Replication replication, NodeIdentity identity) {
		return new ReplicationMetrics(replication::status, tags(identity));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(LinuxVirtualIp.class)
	VirtualIpMetrics haClusterVirtualIpMetrics(LinuxVirtualIp virtualIp, NodeIdentity identity) {
		return new VirtualIpMetrics(virtualIp::status, tags(identity));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(Members.class)
	MemberMetrics haClusterMemberMetrics(Members members, NodeIdentity identity) {
		return new MemberMetrics(members::view, tags(identity));
	}

	private static Tags tags(NodeIdentity identity) {
		return Tags.of("cluster", identity.cluster(), "node", identity.nodeId().value());
	}

}
