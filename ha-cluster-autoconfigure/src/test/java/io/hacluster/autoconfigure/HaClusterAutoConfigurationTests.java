package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.actuate.HaClusterHealthIndicator;
import io.hacluster.actuate.HaClusterMetrics;
import io.hacluster.actuate.LeaderEndpoint;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.MonitoredBackend;
import io.hacluster.backend.ProcessBackend;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.local.LocalLeaseStore;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.OnLeadership;
import io.hacluster.event.OnLeadershipLost;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.lifecycle.ClusterParts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class HaClusterAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
				HaClusterLocalAutoConfiguration.class, HaClusterNatsAutoConfiguration.class,
				HaClusterBackendAutoConfiguration.class, HaClusterHealthAutoConfiguration.class,
				HaClusterLeaderEndpointAutoConfiguration.class, HaClusterMetricsAutoConfiguration.class));

	@TempDir
	Path directory;

	@Test
	void contextWhenNothingIsConfiguredHasNoBeans() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(HaClusterProperties.class)
			.doesNotHaveBean(ClusterLifecycle.class)
			.doesNotHaveBean(LeaseStore.class)
			.doesNotHaveBean(HaClusterHealthIndicator.class));
	}

	@Test
	void contextWhenDisabledHasNoBeans() {
		local("a").withPropertyValues("ha.cluster.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ClusterLifecycle.class));
	}

	@Test
	void contextWhenNameIsForgottenFails() {
		this.runner.withPropertyValues("ha.cluster.store=local")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("ha.cluster.name"));
	}

	@Test
	void contextOfSingleNodeLeadsAndCallsListenersInPairs() {
		List<String> calls = new CopyOnWriteArrayList<>();
		local("a").withBean(Listener.class, () -> new Listener(calls)).run((context) -> {
			Leadership leadership = context.getBean(Leadership.class);
			Awaitility.await().untilAsserted(() -> assertThat(calls).hasSize(1));
			assertThat(leadership.isLeader()).isTrue();
			assertThat(calls).containsExactly("granted " + leadership.epoch());
		});
		assertThat(calls).hasSize(2).last().isEqualTo("lost");
	}

	@Test
	void contextWithoutWebServerKeepsTheProcessRunningUntilItCloses() {
		List<Thread> keepers = new ArrayList<>();
		local("a").run((context) -> {
			Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().equals("ha-keep-alive"))
				.forEach(keepers::add);
			assertThat(keepers).isNotEmpty().noneMatch(Thread::isDaemon);
		});
		Awaitility.await().until(() -> keepers.stream().noneMatch(Thread::isAlive));
	}

	@Test
	void contextWhenLazyStillTakesPartInTheElection() {
		local("a")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> awaitLeader(context));
	}

	@Test
	void contextThatIsStoppedAndStartedLeadsAgain() {
		local("a").run((context) -> {
			ConfigurableApplicationContext configurable = context.getSourceApplicationContext();
			awaitLeader(configurable);
			configurable.stop();
			assertThat(context.getBean(Leadership.class).isLeader()).isFalse();
			configurable.start();
			awaitLeader(configurable);
		});
	}

	@Test
	void contextThatClosesHandsOverToTheOther() {
		local("a").run((first) -> {
			awaitLeader(first.getSourceApplicationContext());
			local("b").run((second) -> {
				assertThat(second.getBean(Leadership.class).isLeader()).isFalse();
				first.getSourceApplicationContext().close();
				awaitLeader(second.getSourceApplicationContext());
			});
		});
	}

	@Test
	void contextWhenUserHasStoresAndBackendUsesThem() {
		Backend backend = mock(Backend.class);
		given(backend.health()).willReturn(new BackendHealth(BackendHealth.Status.UP, "mock"));
		LeaseStore store = new LocalLeaseStore(new NodeIdentity("c", new NodeId("a"), "nonce"),
				this.directory.resolve("other"));
		local("a")
			.withPropertyValues("ha.cluster.backend.type=process",
					"ha.cluster.backend.process.command=/no/such/program")
			.withBean("mine", Backend.class, () -> backend)
			.withBean("myStore", LeaseStore.class, () -> store)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(ProcessBackend.class)
					.doesNotHaveBean(LocalLeaseStore.class.getName());
				assertThat(context.getBean(ClusterParts.class).backend()).isSameAs(backend);
				assertThat(context.getBean(LeaseStore.class)).isSameAs(store);
			});
	}

	@Test
	void contextWhenHealthUrlIsGivenAsksItAboutAnyBackend() {
		Backend backend = mock(Backend.class);
		given(backend.health()).willReturn(new BackendHealth(BackendHealth.Status.UP, "mock"));
		local("a")
			.withPropertyValues("ha.cluster.backend.type=custom", "ha.cluster.backend.health.url=http://127.0.0.1:1/")
			.withBean(Backend.class, () -> backend)
			.run((context) -> {
				Backend used = context.getBean(ClusterParts.class).backend();
				assertThat(used).isInstanceOf(MonitoredBackend.class);
				assertThat(used.health().status()).isEqualTo(BackendHealth.Status.DOWN);
			});
	}

	@Test
	void healthOfSecondLiveProcessWithTheSameNodeIdIsDownWithReason() {
		local("a").run((first) -> {
			awaitLeader(first);
			local("a").run((second) -> {
				HaClusterHealthIndicator indicator = second.getBean(HaClusterHealthIndicator.class);
				Awaitility.await()
					.untilAsserted(() -> assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN));
				assertThat((String) indicator.health().getDetails().get("reason")).contains("a");
				assertThat(first.getBean(Leadership.class).isLeader()).isTrue();
			});
		});
	}

	@Test
	void stepDownIsNotCutByTheTimeoutOfAShutdownPhase() {
		List<String> calls = new CopyOnWriteArrayList<>();
		local("a").withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=10ms")
			.withBean(SlowListener.class, () -> new SlowListener(calls))
			.run(HaClusterAutoConfigurationTests::awaitLeader);
		assertThat(calls).containsExactly("revoked", "destroyed");
	}

	@Test
	void contextCanBeProcessedAheadOfTime() {
		GenericApplicationContext context = new GenericApplicationContext();
		TestPropertyValues
			.of("ha.cluster.name=test", "ha.cluster.store=local", "ha.cluster.local.directory=x",
					"ha.cluster.sqlite.path=y")
			.applyTo(context);
		AnnotationConfigUtils.registerAnnotationConfigProcessors(context);
		for (Class<?> type : List.of(HaClusterLocalAutoConfiguration.class, HaClusterBackendAutoConfiguration.class,
				HaClusterReplicationAutoConfiguration.class, HaClusterAutoConfiguration.class,
				HaClusterHealthAutoConfiguration.class)) {
			context.registerBean(type);
		}
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get(getClass())), new InMemoryGeneratedFiles());
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		assertThat(RuntimeHintsPredicates.reflection().onType(HaClusterProperties.class))
			.accepts(generation.getRuntimeHints());
	}

	@Test
	void contextWhenBackendIsProcessHasIt() {
		local("a")
			.withPropertyValues("ha.cluster.backend.type=process", "ha.cluster.backend.process.command=sleep,1000",
					"ha.cluster.backend.process.state-directory=" + this.directory.resolve("state"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ProcessBackend.class));
	}

	@Test
	void contextWithoutHealthModuleHasNoIndicator() {
		local("a").withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("haClusterHealthIndicator"));
	}

	@Test
	void contextWithHealthModuleHasIndicatorUnlessDisabled() {
		local("a").run((context) -> assertThat(context).hasSingleBean(HaClusterHealthIndicator.class));
		local("a").withPropertyValues("management.health.ha-cluster.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HaClusterHealthIndicator.class));
	}

	@Test
	void contextWithoutActuatorHasNoEndpoint() {
		local("a").withPropertyValues("management.endpoints.web.exposure.include=leader")
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("leaderEndpoint"));
	}

	@Test
	void contextHasEndpointOnlyWhereExposed() {
		local("a").run((context) -> assertThat(context).doesNotHaveBean(LeaderEndpoint.class));
		local("a").withPropertyValues("management.endpoints.web.exposure.include=leader")
			.run((context) -> assertThat(context).hasSingleBean(LeaderEndpoint.class));
	}

	@Test
	void contextHasMetersOnlyWithRegistry() {
		local("a").run((context) -> assertThat(context).doesNotHaveBean(HaClusterMetrics.class));
		local("a").withBean(SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasSingleBean(HaClusterMetrics.class));
		local("a").withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("haClusterMetrics"));
	}

	private ApplicationContextRunner local(String nodeId) {
		return this.runner.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=" + nodeId,
				"ha.cluster.store=local", "ha.cluster.local.directory=" + this.directory.resolve("store"),
				"ha.cluster.election.lease-duration=60s", "ha.cluster.election.renew-interval=2s");
	}

	private static void awaitLeader(ApplicationContext context) {
		Leadership leadership = context.getBean(Leadership.class);
		Awaitility.await().until(leadership::isLeader);
	}

	static class SlowListener implements DisposableBean {

		private final List<String> calls;

		SlowListener(List<String> calls) {
			this.calls = calls;
		}

		@OnLeadershipLost
		void lost() throws InterruptedException {
			new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
			this.calls.add("revoked");
		}

		@Override
		public void destroy() {
			this.calls.add("destroyed");
		}

	}

	static class Listener {

		private final List<String> calls;

		Listener(List<String> calls) {
			this.calls = calls;
		}

		@OnLeadership
		void granted(LeadershipGrantedEvent event) {
			this.calls.add("granted " + event.epoch());
		}

		@OnLeadershipLost
		void lost() {
			this.calls.add("lost");
		}

	}

}
