package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.Member;
import io.hacluster.member.MemberReader;
import io.hacluster.member.Members;
import io.hacluster.member.StateStore;
import io.hacluster.member.TermHistory;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;
import io.hacluster.member.nats.NatsStateStore;
import io.hacluster.member.nats.NatsStateStoreSettings;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Nodes that see one another, as applications have them.
 */
@Timeout(180)
class HaClusterMembersTests {

	private static final NodeId A = new NodeId("node-a");

	private static final NodeId B = new NodeId("node-b");

	@TempDir
	Path directory;

	@Test
	void nodesOnALocalStoreSeeOneAnotherComeLeadPauseAndLeave() {
		node("node-a", local()).withPropertyValues("ha.cluster.labels.zone=east", "ha.cluster.address=here:1")
			.run((first) -> {
				Members members = first.getBean(Members.class);
				awaitSeen(members, A, (seen) -> assertThat(seen.member().role()).isEqualTo(ClusterRole.LEADER));
				List<ClusterView> told = new CopyOnWriteArrayList<>();
				Members.Subscription subscription = members.subscribe(told::add);
				node("node-b", local()).run((second) -> {
					awaitAlive(members, B);
					awaitAlive(second.getBean(Members.class), A);
					Member seenFromB = second.getBean(Members.class).view().member(A).orElseThrow().member();
					assertThat(seenFromB.role()).isEqualTo(ClusterRole.LEADER);
					assertThat(seenFromB.state()).isEqualTo("LEADER");
					assertThat(seenFromB.epoch()).isPositive();
					assertThat(seenFromB.labels()).containsEntry("zone", "east");
					assertThat(seenFromB.address()).isEqualTo("here:1");
					assertThat(seenFromB.nonce()).isEqualTo(first.getBean(NodeIdentity.class).nonce());
					pauseAndResume(first, second);
					readFromOutside(first);
				});
				awaitSeen(members, B, (seen) -> {
					assertThat(seen.member().state()).isEqualTo(Member.STOPPED);
					assertThat(seen.alive()).isFalse();
				});
				subscription.close();
				assertThat(told).anySatisfy((view) -> assertThat(view.member(B).map(Seen::alive)).contains(true))
					.anySatisfy((view) -> assertThat(view.pause()).isNotNull());
			});
	}

	private static void pauseAndResume(ApplicationContext first, ApplicationContext second) {
		Pause pause = second.getBean(ControlRecords.class).pause(new Pause("tests", B, Instant.ofEpochMilli(1)));
		Awaitility.await()
			.untilAsserted(() -> assertThat(first.getBean(Members.class).view().pause()).isEqualTo(pause));
		second.getBean(ControlRecords.class).resume();
		Awaitility.await().untilAsserted(() -> assertThat(first.getBean(Members.class).view().pause()).isNull());
	}

	private static void readFromOutside(ApplicationContext node) {
		MemberReader reader = new MemberReader(node.getBean(StateStore.class), node.getBean(NodeIdentity.class),
				Ticker.SYSTEM);
		Awaitility.await().untilAsserted(() -> assertThat(reader.observe().members()).hasSize(2).allMatch(Seen::alive));
		assertThat(reader.terms()).isNotEmpty();
	}

	@Test
	void historyTellsTheStepsOfATermAndWhyItEnded() {
		node("node-a", local()).run((first) -> {
			TermHistory history = first.getBean(TermHistory.class);
			awaitSeen(first.getBean(Members.class), A,
					(seen) -> assertThat(seen.member().role()).isEqualTo(ClusterRole.LEADER));
			Awaitility.await()
				.untilAsserted(() -> assertThat(history.terms()).first()
					.satisfies((term) -> assertThat(term.promotion()).extracting(StepTime::outcome)
						.isNotEmpty()
						.containsOnly("DONE", "SKIPPED")));
			assertThat(history.terms().get(0).to()).isNull();
			ConfigurableApplicationContext context = first.getSourceApplicationContext();
			context.stop();
			PastTerm ended = history.terms().get(0);
			assertThat(ended.to()).isAfterOrEqualTo(ended.from());
			assertThat(ended.reason()).contains("stopped");
			assertThat(ended.stepDown()).isNotEmpty();
			assertThat(first.getBean(Members.class).view().current()).isFalse();
			context.start();
			awaitSeen(first.getBean(Members.class), A,
					(seen) -> assertThat(seen.member().role()).isEqualTo(ClusterRole.LEADER));
			Awaitility.await()
				.untilAsserted(() -> assertThat(history.terms()).extracting(PastTerm::reason)
					.startsWith(null, ended.reason()));
		});
	}

	@Test
	void failureIsToldWithItsTime() throws Exception {
		Backend broken = mock(Backend.class);
		given(broken.health()).willReturn(new BackendHealth(BackendHealth.Status.STOPPED, "mock"));
		willThrow(new BackendException("no such program")).given(broken).start(any());
		node("node-a", local()).withBean(Backend.class, () -> broken)
			.run((context) -> awaitSeen(context.getBean(Members.class), A,
					(seen) -> assertThat(seen.member().failure()).contains("no such program")
						.matches(".* \\(at \\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z\\)")));
	}

	@Test
	void leaderThatIsKilledIsShownAsGoneAndItsTermIsCompleted() throws Exception {
		try (NatsServer server = NatsServer.start(this.directory.resolve("nats"))) {
			Process leader = start(server);
			try {
				awaitLeading(server);
				node("node-b", nats(server)).run((context) -> {
					assertThat(context).hasSingleBean(NatsStateStore.class);
					Members members = context.getBean(Members.class);
					awaitSeen(members, A, (seen) -> {
						assertThat(seen.alive()).isTrue();
						assertThat(seen.member().role()).isEqualTo(ClusterRole.LEADER);
					});
					leader.destroyForcibly();
					awaitSeen(members, A, (seen) -> {
						assertThat(seen.alive()).isFalse();
						assertThat(seen.member().state()).isEqualTo("LEADER");
					});
					awaitSeen(members, B, (seen) -> assertThat(seen.member().role()).isEqualTo(ClusterRole.LEADER));
					TermHistory history = context.getBean(TermHistory.class);
					Awaitility.await().untilAsserted(() -> {
						PastTerm former = history.terms().get(1);
						assertThat(former.leader()).isEqualTo(A);
						assertThat(former.reason()).contains("did not end in order");
						assertThat(former.to()).isBetween(former.from(), history.terms().get(0).from());
					});
				});
			}
			finally {
				leader.destroyForcibly().waitFor();
			}
		}
	}

	/**
	 * Looks from outside, so that no other node takes part before this one leads.
	 */
	private static void awaitLeading(NatsServer server) {
		NodeIdentity identity = new NodeIdentity("members", new NodeId("reader"), "nonce");
		try (StateStore store = NatsStateStore.existing(identity, server::options,
				NatsStateStoreSettings.forCluster("members", 1, Duration.ofSeconds(30)))) {
			Awaitility.await()
				.ignoreExceptionsInstanceOf(StoreUnavailableException.class)
				.untilAsserted(
						() -> assertThat(new MemberReader(store, identity, Ticker.SYSTEM).observe().member(A)).get()
							.satisfies((seen) -> assertThat(seen.member().role()).isEqualTo(ClusterRole.LEADER))
							.satisfies((seen) -> assertThat(seen.alive()).isTrue()));
		}
	}

	private Process start(NatsServer server) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("--spring.main.web-application-type=none"));
		List.of(properties("node-a", nats(server))).forEach((property) -> arguments.add("--" + property));
		return new ProcessBuilder(JavaProcess.command(Node.class, "128m", arguments.toArray(String[]::new)))
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("node-a.log").toFile())
			.start();
	}

	private static void awaitAlive(Members members, NodeId node) {
		awaitSeen(members, node, (seen) -> assertThat(seen.alive()).isTrue());
	}

	private static void awaitSeen(Members members, NodeId node, Consumer<Seen> assertion) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(members.view().member(node)).isPresent().get().satisfies(assertion));
	}

	private static ApplicationContextRunner node(String id, String... store) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
					HaClusterLocalAutoConfiguration.class, HaClusterNatsAutoConfiguration.class))
			.withPropertyValues(properties(id, store));
	}

	private static String[] properties(String id, String... store) {
		List<String> properties = new ArrayList<>(List.of("ha.cluster.name=members", "ha.cluster.node-id=" + id,
				"ha.cluster.election.renew-interval=500ms"));
		properties.addAll(List.of(store));
		return properties.toArray(String[]::new);
	}

	private String[] local() {
		return new String[] { "ha.cluster.store=local", "ha.cluster.local.directory=" + this.directory.resolve("store"),
				// Nobody waits for the end of one
				"ha.cluster.election.lease-duration=60s" };
	}

	private static String[] nats(NatsServer server) {
		return new String[] { "ha.cluster.store=nats", "ha.cluster.nats.servers=" + server.url(),
				"ha.cluster.nats.startup-timeout=60s", "ha.cluster.election.lease-duration=6s" };
	}

	/**
	 * A node in a process of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HaClusterAutoConfiguration.class, HaClusterNatsAutoConfiguration.class })
	static class Node {

		public static void main(String[] args) {
			SpringApplication.run(Node.class, args);
		}

	}

}
