package io.hacluster.autoconfigure;

import java.nio.file.Path;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hacluster.Leadership;
import io.hacluster.actuate.TransitionObservations;

import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class HaClusterObservationAutoConfigurationTests {

	@TempDir
	Path directory;

	@Test
	void contextWithoutRegistryObservesNothing() {
		runner().run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TransitionObservations.class));
	}

	@Test
	void contextWithoutMicrometerObservationObservesNothing() {
		runner().withClassLoader(new FilteredClassLoader(ObservationRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("haClusterTransitionObservations"));
	}

	@Test
	void contextWithRegistryObservesTheLifeOfTheNode() {
		TestObservationRegistry registry = TestObservationRegistry.create();
		runner().withBean(ObservationRegistry.class, () -> registry).run((context) -> {
			await().until(context.getBean(Leadership.class)::isLeader);
			context.getSourceApplicationContext().close();
		});
		for (String sequence : new String[] { "start-up", "promotion", "step-down" }) {
			assertThat(registry).hasAnObservation((it) -> it.hasNameEqualTo("ha.cluster.transition")
				.hasContextualNameEqualTo(sequence)
				.hasLowCardinalityKeyValue("outcome", "completed"));
		}
		assertThat(registry).doesNotHaveAnyRemainingCurrentObservation()
			.hasAnObservation(
					(it) -> it.hasContextualNameEqualTo("win-election").hasLowCardinalityKeyValue("outcome", "done"));
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(HaClusterAutoConfiguration.class, HaClusterBackendAutoConfiguration.class,
							HaClusterLocalAutoConfiguration.class, HaClusterObservationAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=local",
					"ha.cluster.local.directory=" + this.directory, "ha.cluster.election.lease-duration=60s",
					"ha.cluster.election.renew-interval=2s");
	}

}
