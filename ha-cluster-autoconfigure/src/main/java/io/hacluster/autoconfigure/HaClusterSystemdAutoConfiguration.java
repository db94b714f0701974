package io.hacluster.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.systemd.SystemdNotifier;
import io.hacluster.election.ElectionSettings;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.replication.Replication;

/**
 * Auto-configuration of what the node tells systemd about itself, whichever backend it
 * has. Does nothing unless the unit of this process asks for it by {@code Type=notify}.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class)
@ConditionalOnBean(ClusterLifecycle.class)
public final class HaClusterSystemdAutoConfiguration {

	@Bean
	static LazyInitializationExcludeFilter haClusterSystemdLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(SystemdNotification.class);
	}

	@Bean
	SystemdNotification haClusterSystemdNotification(NodeIdentity identity, ClusterLifecycle node,
			ElectionSettings election, HaClusterProperties properties, ObjectProvider<Replication> replication) {
		NodeStatusLine line = new NodeStatusLine(node, replication.getIfAvailable());
		SystemdNotifier.State state = new SystemdNotifier.State(() -> node.status().lastTransition() != null,
				line::text, () -> node.busy().compareTo(election.leaseDuration()) < 0);
		return new SystemdNotification(identity, state, HaClusterAutoConfiguration.stopTimeout(properties));
	}

}
