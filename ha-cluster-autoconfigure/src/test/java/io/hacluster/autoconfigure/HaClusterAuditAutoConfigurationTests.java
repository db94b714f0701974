package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.actuate.autoconfigure.audit.AuditAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hacluster.Leadership;
import io.hacluster.actuate.AuditTrail;
import io.hacluster.actuate.AuditedOperations;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.operation.ClusterOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

class HaClusterAuditAutoConfigurationTests {

	@TempDir
	Path directory;

	private final InMemoryAuditEventRepository repository = new InMemoryAuditEventRepository();

	@Test
	void contextWithoutRepositoryHasNoAudit() {
		runner().run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(AuditTrail.class));
	}

	@Test
	void contextWithoutActuatorHasNoAudit() {
		runner().withClassLoader(new FilteredClassLoader(AuditEventRepository.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("haClusterAuditTrail"));
	}

	@Test
	void auditTellsTheLifeOfTheNode() {
		audited().run((context) -> {
			await().until(context.getBean(Leadership.class)::isLeader);
			await().untilAsserted(() -> assertThat(events("HA_LEADERSHIP_GRANTED")).hasSize(1));
			await().untilAsserted(() -> assertThat(events("HA_LEADER_CHANGED")).last()
				.extracting((event) -> event.getData().get("leader"))
				.isEqualTo("a"));
			context.getSourceApplicationContext().close();
		});
		assertThat(this.repository.find(null, null, null)).allSatisfy((event) -> {
			assertThat(event.getPrincipal()).isEqualTo("test/a");
			assertThat(event.getData()).containsEntry("cluster", "test").containsEntry("node", "a");
		});
		assertThat(events("HA_LEADERSHIP_REVOKED")).singleElement()
			.satisfies((event) -> assertThat(event.getData()).containsEntry("reason", "the node is being stopped"));
		assertThat(events("HA_TRANSITION"))
			.extracting((event) -> event.getData().get("sequence"), (event) -> event.getData().get("cause"),
					(event) -> event.getData().get("outcome"))
			.containsExactly(tuple("start-up", "settling", "completed"), tuple("promotion", "elected", "completed"),
					tuple("step-down", "shutdown", "completed"));
		assertThat(events("HA_STEP")).extracting(AuditEvent::getData)
			.anySatisfy((data) -> assertThat(data)
				.containsAllEntriesOf(Map.of("sequence", "promotion", "step", "win-election", "outcome", "done"))
				.containsKeys("epoch", "milliseconds")
				.doesNotContainKey("detail"));
		assertThat(events("HA_STEP")).extracting((event) -> event.getData().get("outcome")).doesNotContain("skipped");
	}

	@Test
	void auditTellsOfAFence() {
		audited().run((context) -> {
			await().until(context.getBean(Leadership.class)::isLeader);
			context.getBean(ClusterLifecycle.class).fenced("a newer leader has fenced the log");
			await().untilAsserted(() -> assertThat(events("HA_FENCED")).singleElement()
				.satisfies((event) -> assertThat(event.getData()).containsEntry("reason",
						"a newer leader has fenced the log")));
		});
	}

	@Test
	void operatorsAreAudited() {
		audited().run((context) -> {
			assertThat(context.getBean(ClusterOperations.class)).isInstanceOf(AuditedOperations.class);
			context.getBean(ClusterOperations.class).snapshot();
			await().untilAsserted(() -> assertThat(events("HA_OPERATION")).singleElement()
				.satisfies((event) -> assertThat(event.getData()).containsEntry("operation", "snapshot")
					.containsEntry("outcome", "refused")));
		});
	}

	private List<AuditEvent> events(String type) {
		return this.repository.find(null, null, type);
	}

	private ApplicationContextRunner audited() {
		return runner().withBean(AuditEventRepository.class, () -> this.repository);
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(HaClusterAutoConfiguration.class, HaClusterBackendAutoConfiguration.class,
							HaClusterLocalAutoConfiguration.class, HaClusterOperationAutoConfiguration.class,
							HaClusterAuditAutoConfiguration.class, AuditAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=local",
					"ha.cluster.local.directory=" + this.directory, "ha.cluster.election.lease-duration=60s",
					"ha.cluster.election.renew-interval=2s");
	}

}
