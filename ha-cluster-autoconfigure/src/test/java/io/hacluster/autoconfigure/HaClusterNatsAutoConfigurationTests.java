package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.hacluster.Leadership;
import io.hacluster.election.nats.NatsLeaseStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

class HaClusterNatsAutoConfigurationTests {

	@TempDir
	Path directory;

	private NatsServer server;

	@BeforeEach
	void start() {
		this.server = NatsServer.start(this.directory.resolve("nats"));
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void contextLeadsAndHandsOverWhenItCloses() {
		nats("a", this.server.url()).run((first) -> {
			assertThat(first).hasNotFailed()
				.hasSingleBean(NatsLeaseStore.class)
				.doesNotHaveBean(NatsReplicaStore.class);
			awaitLeader(first);
			nats("b", this.server.url()).run((second) -> {
				assertThat(second.getBean(Leadership.class).isLeader()).isFalse();
				first.getSourceApplicationContext().close();
				awaitLeader(second);
			});
		});
	}

	@Test
	void contextPrefersConnectionDetailsToProperties() {
		NatsConnectionDetails details = () -> List.of(this.server.url());
		nats("a", "nats://127.0.0.1:1").withBean(NatsConnectionDetails.class, () -> details).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(PropertiesNatsConnectionDetails.class);
			awaitLeader(context);
		});
	}

	@Test
	void contextWithoutStartupCheckStartsWithoutServer() {
		this.server.kill();
		nats("a", this.server.url()).withPropertyValues("ha.cluster.nats.startup-timeout=0").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(Leadership.class).isLeader()).isFalse();
			this.server.restart();
			awaitLeader(context);
		});
	}

	@Test
	void contextWithoutNatsClientHasNoStore() {
		nats("a", this.server.url()).withClassLoader(new FilteredClassLoader("io.nats"))
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("No qualifying bean of type"));
	}

	private ApplicationContextRunner nats(String nodeId, String url) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
					HaClusterNatsAutoConfiguration.class, HaClusterBackendAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=" + nodeId, "ha.cluster.store=nats",
					"ha.cluster.nats.servers=" + url, "ha.cluster.nats.connection-timeout=60s",
					"ha.cluster.election.lease-duration=60s", "ha.cluster.election.renew-interval=2s");
	}

	private static void awaitLeader(ApplicationContext context) {
		Awaitility.await().until(context.getBean(Leadership.class)::isLeader);
	}

}
