package io.hacluster.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.hacluster.NodeIdentity;
import io.hacluster.actuate.TransitionObservations;
import io.hacluster.lifecycle.ClusterLifecycle;

/**
 * Auto-configuration of the observations of sequences and steps.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ ClusterLifecycle.class, ObservationRegistry.class })
public final class HaClusterObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TransitionObservations haClusterTransitionObservations(NodeIdentity identity, ObservationRegistry registry) {
		return new TransitionObservations(identity, registry);
	}

}
