package io.hacluster.autoconfigure;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.ConfigurableEnvironment;

import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.HttpHealthCheck;
import io.hacluster.backend.MonitoredBackend;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.LeaseStore;
import io.hacluster.event.LeadershipListenerFactory;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.lifecycle.ClusterParts;
import io.hacluster.lifecycle.LifecycleSettings;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepTimeouts;
import io.hacluster.lifecycle.SupervisionSettings;
import io.hacluster.member.ControlRecords;
import io.hacluster.operation.ElectionPolicy;
import io.hacluster.replication.Replication;
import io.hacluster.vip.VirtualIp;

/**
 * Auto-configuration of a cluster node: who it is, its election, and the two sequences.
 */
@AutoConfiguration(after = { HaClusterBackendAutoConfiguration.class, HaClusterLocalAutoConfiguration.class,
		HaClusterNatsAutoConfiguration.class, HaClusterReplicationAutoConfiguration.class,
		HaClusterVipAutoConfiguration.class })
@ConditionalOnHaCluster
@EnableConfigurationProperties(HaClusterProperties.class)
@Import({ MemberConfiguration.class, HaClusterOperationAutoConfiguration.class })
@ImportRuntimeHints(JnaRuntimeHints.class)
public final class HaClusterAutoConfiguration {

	/**
	 * How long a killed backend may take to vanish.
	 */
	private static final Duration KILL = Duration.ofSeconds(5);

	@Bean
	static LazyInitializationExcludeFilter haClusterLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(HaClusterLifecycle.class);
	}

	@Bean
	static LeadershipListenerFactory haClusterLeadershipListenerFactory() {
		return new LeadershipListenerFactory();
	}

	@Bean
	NodeIdentity haClusterNodeIdentity(HaClusterProperties properties, ConfigurableEnvironment environment,
			ListableBeanFactory beans) {
		new HaClusterPropertiesValidator(properties).validate(environment);
		if (AotDetector.useGeneratedArtifacts()) {
			new AheadOfTimeCheck(beans).check(properties);
		}
		return new NodeIdentityFactory(properties).create();
	}

	@Bean
	ElectionSettings haClusterElectionSettings(HaClusterProperties properties, ObjectProvider<VirtualIp> virtualIp) {
		return new ElectionSettingsFactory(properties).create(virtualIp.getIfAvailable() != null);
	}

	@Bean
	Electors haClusterElectors(NodeIdentity identity, LeaseStore store, ElectionSettings settings,
			ElectionPolicy policy) {
		return new Electors(store, identity, settings, policy);
	}

	@Bean
	ClusterParts haClusterParts(HaClusterProperties properties, ObjectProvider<Replication> replication,
			ObjectProvider<VirtualIp> virtualIp, ObjectProvider<Backend> backend) {
		Backend present = backend.getIfAvailable();
		new BackendPropertiesValidator(properties).validatePresence(present != null);
		return new ClusterParts(replication.getIfAvailable(), virtualIp.getIfAvailable(),
				(present != null) ? monitored(present, properties.backend().health()) : null);
	}

	@Bean
	@ConditionalOnMissingBean
	ClusterLifecycle haClusterNode(NodeIdentity identity, HaClusterProperties properties, ElectionSettings election,
			ClusterParts parts, Electors electors, ApplicationEventPublisher publisher,
			ObjectProvider<StepObserver> observers, ControlRecords records) {
		LifecycleSettings settings = new LifecycleSettings(election.leaseDuration(), election.margin(),
				timeouts(properties), supervision(properties.backend(), election.leaseDuration()));
		return new ClusterLifecycle(identity, settings, parts, electors, publisher,
				new StepObservers(observers.orderedStream().toList()), Clock.systemUTC(),
				() -> records.latestPause().isPresent());
	}

	@Bean
	HaClusterLifecycle haClusterLifecycle(ClusterLifecycle node, HaClusterProperties properties,
			ObjectProvider<StartupCheck> checks, ObjectProvider<NodeDuty> duties) {
		return new HaClusterLifecycle(node, checks.orderedStream().toList(), duties.orderedStream().toList(),
				stopTimeout(properties));
	}

	@Bean
	@ConditionalOnMissingBean
	Leadership haClusterLeadership(ClusterLifecycle node) {
		return node.leadership();
	}

	private static Backend monitored(Backend backend, HaClusterProperties.Backend.Health health) {
		URI url = health.url();
		return (url != null) ? new MonitoredBackend(backend, new HttpHealthCheck(url, health.timeout())) : backend;
	}

	private static SupervisionSettings supervision(HaClusterProperties.Backend backend, Duration lease) {
		HaClusterProperties.Backend.Supervision supervision = backend.supervision();
		Duration cooling = supervision.cooling();
		return new SupervisionSettings(backend.health().interval(), backend.health().timeout(),
				supervision.failuresBeforeRestart(), supervision.maxRestarts(), supervision.window(),
				supervision.backoff(), (cooling != null) ? cooling : lease.multipliedBy(3));
	}

	private static StepTimeouts timeouts(HaClusterProperties properties) {
		HaClusterProperties.Lifecycle lifecycle = properties.lifecycle();
		return new StepTimeouts(lifecycle.catchUpTimeout(), lifecycle.replicationTimeout(), lifecycle.vipTimeout(),
				properties.backend().startTimeout(), properties.backend().stopTimeout(), lifecycle.databaseTimeout(),
				lifecycle.listenerTimeout());
	}

	/**
	 * Returns the time of a step-down in which every step takes all of its own.
	 */
	static Duration stopTimeout(HaClusterProperties properties) {
		StepTimeouts timeouts = timeouts(properties);
		return timeouts.listeners()
			.plus(timeouts.replication().multipliedBy(5))
			.plus(timeouts.backendStop())
			.plus(KILL)
			.plus(timeouts.vip());
	}

}
