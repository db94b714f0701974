package io.hacluster.autoconfigure;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hacluster.actuate.LeadershipAvailability;
import io.hacluster.actuate.LeadershipAvailabilityPublisher;
import io.hacluster.actuate.LeadershipStateHealthIndicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HaClusterAvailabilityAutoConfiguration},
 * {@link HaClusterLeadershipHealthAutoConfiguration} and what health is told to judge.
 */
class HaClusterAvailabilityAutoConfigurationTests {

	@TempDir
	Path directory;

	@Test
	void contextTellsThatItLeads() {
		runner().run((context) -> {
			assertThat(context).hasSingleBean(LeadershipStateHealthIndicator.class);
			ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
			await().untilAsserted(() -> assertThat(availability.getState(LeadershipAvailability.class))
				.isEqualTo(LeadershipAvailability.LEADER));
		});
	}

	@Test
	void contextWithoutHealthHasTheAvailabilityAlone() {
		runner().withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(LeadershipAvailabilityPublisher.class)
				.doesNotHaveBean("leadershipStateHealthIndicator"));
	}

	@Test
	void contextWhenSwitchedOffHasNoIndicator() {
		runner().withPropertyValues("management.health.leadership-state.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LeadershipStateHealthIndicator.class));
	}

	@Test
	void contextWhenMaxLagIsNotPositiveFailsNamingTheProperty() {
		runner().withPropertyValues("ha.cluster.health.max-lag=0s")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("ha.cluster.health.max-lag")
				.hasMessageContaining("positive"));
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
					HaClusterBackendAutoConfiguration.class, HaClusterLocalAutoConfiguration.class,
					HaClusterAvailabilityAutoConfiguration.class, HaClusterLeadershipHealthAutoConfiguration.class,
					HaClusterHealthAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=local",
					"ha.cluster.local.directory=" + this.directory, "ha.cluster.election.lease-duration=60s",
					"ha.cluster.election.renew-interval=2s");
	}

}
