package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Pollers;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.leader.event.LeaderEventPublisher;

import io.hacluster.Leadership;
import io.hacluster.integration.SpringIntegrationLeadership;

import static org.assertj.core.api.Assertions.assertThat;

class HaClusterSpringIntegrationAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
				HaClusterLocalAutoConfiguration.class, HaClusterSpringIntegrationAutoConfiguration.class));

	@TempDir
	Path directory;

	/**
	 * With a lease that is so long, the node that yields does not come back meanwhile.
	 */
	@Test
	void endpointOfTheRoleRunsOnTheLeaderOnly() {
		node("a").withUserConfiguration(Flows.class).run((first) -> {
			Awaitility.await().until(() -> isRunning(first));
			Awaitility.await().untilAsserted(() -> assertThat(first.getBean(AtomicInteger.class)).hasPositiveValue());
			node("b").withUserConfiguration(Flows.class).run((second) -> {
				Awaitility.await().until(() -> second.getBean(Leadership.class).leader().isPresent());
				assertThat(isRunning(second)).isFalse();
				first.getBean(DefaultCandidate.class).yieldLeadership();
				Awaitility.await().until(() -> isRunning(second));
				Awaitility.await().until(() -> !isRunning(first));
				assertThat(first.getBean(Leadership.class).isLeader()).isFalse();
			});
		});
	}

	@Test
	void contextWithoutSpringIntegrationHasNoBridge() {
		node("a").withClassLoader(new FilteredClassLoader(LeaderEventPublisher.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Leadership.class)
				.doesNotHaveBean("haClusterSpringIntegrationLeadership"));
	}

	@Test
	void contextWithoutClusterHasNoBridge() {
		this.runner
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SpringIntegrationLeadership.class));
	}

	private static boolean isRunning(ApplicationContext context) {
		return context.getBean("ticks", Lifecycle.class).isRunning();
	}

	private ApplicationContextRunner node(String id) {
		return this.runner.withPropertyValues("ha.cluster.name=convex", "ha.cluster.node-id=" + id,
				"ha.cluster.store=local", "ha.cluster.local.directory=" + this.directory,
				"ha.cluster.election.lease-duration=60s", "ha.cluster.election.renew-interval=2s");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Flows {

		@Bean
		AtomicInteger handled() {
			return new AtomicInteger();
		}

		@Bean
		DefaultCandidate candidate() {
			return new DefaultCandidate("a", "convex");
		}

		@Bean
		IntegrationFlow flow(AtomicInteger handled) {
			return IntegrationFlow
				.fromSupplier(() -> "tick",
						(it) -> it.id("ticks").role("convex").autoStartup(false).poller(Pollers.fixedDelay(10)))
				.handle((message) -> handled.incrementAndGet())
				.get();
		}

	}

}
