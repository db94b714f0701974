package io.hacluster.samples.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.hacluster.Leadership;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application of the test is one node; another one is started beside it. The jobs run
 * when the tests call them.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "ha.cluster.node-id=node-a", "reminders.interval=1h" })
@DirtiesContext
class ReminderApplicationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/** So long that no pause of a busy machine costs it. */
	private static final String LEASE = "30s";

	@TempDir
	static Path directory;

	@Autowired
	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext other;

	@DynamicPropertySource
	static void files(DynamicPropertyRegistry registry) {
		properties("node-a").forEach((name, value) -> registry.add(name, () -> value));
	}

	private static Map<String, String> properties(String node) {
		try {
			Path home = Files.createDirectories(directory.resolve(node));
			return Map.of("ha.cluster.election.lease-duration", LEASE, "ha.cluster.local.directory",
					directory.resolve("cluster").toString(), "ha.cluster.sqlite.path",
					home.resolve("reminders.db").toString(), "ha.cluster.sqlite.replica-path",
					home.resolve("replica.db").toString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@BeforeEach
	void startOtherNode() {
		List<String> arguments = new ArrayList<>(
				List.of("--ha.cluster.node-id=node-b", "--reminders.interval=1h", "--server.port=0"));
		properties("node-b").forEach((name, value) -> arguments.add("--" + name + "=" + value));
		this.other = new SpringApplicationBuilder(ReminderApplication.class).run(arguments.toArray(String[]::new));
	}

	@AfterEach
	void stopOtherNode() {
		this.other.close();
	}

	@Test
	void addWhenNodeLeadsReachesTheOther() {
		ConfigurableApplicationContext leader = awaitLeader();
		Reminder added = add(leader, "water the plants");
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(list(follower(leader))).contains(added));
	}

	@Test
	void addWhenNodeFollowsNamesTheLeader() {
		ConfigurableApplicationContext leader = awaitLeader();
		String name = leader.getBean(Leadership.class).nodeId().value();
		client(follower(leader)).post()
			.uri("/reminders")
			.body(Map.of("text", "in vain"))
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
			.expectHeader()
			.valueEquals("Retry-After", "1")
			.expectBody()
			.jsonPath("$.leader")
			.isEqualTo(name);
	}

	@Test
	void jobSendsOnTheLeaderOnly() {
		ConfigurableApplicationContext leader = awaitLeader();
		Reminder due = add(leader, "call home");
		follower(leader).getBean(ReminderJob.class).sendDue();
		assertThat(sentBy(leader, due)).isNull();
		leader.getBean(ReminderJob.class).sendDue();
		assertThat(sentBy(leader, due)).isEqualTo(leader.getBean(Leadership.class).nodeId().value());
	}

	@Test
	void jobLeavesWhatIsNotYetDue() {
		ConfigurableApplicationContext leader = awaitLeader();
		Reminder later = leader.getBean(ReminderRepository.class)
			.add("tomorrow", Instant.now().plus(Duration.ofDays(1)));
		leader.getBean(ReminderJob.class).sendDue();
		assertThat(sentBy(leader, later)).isNull();
	}

	@Test
	void stepDownGivesTheOtherNodeTheRemindersAndTheJob() {
		ConfigurableApplicationContext leader = awaitLeader();
		Reminder due = add(leader, "hand over");
		assertThat(leader.getBean(Leadership.class).stepDown()).isTrue();
		ConfigurableApplicationContext next = follower(leader);
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(next.getBean(Leadership.class).isLeader()).isTrue());
		Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
			next.getBean(ReminderJob.class).sendDue();
			assertThat(sentBy(next, due)).isEqualTo(next.getBean(Leadership.class).nodeId().value());
		});
	}

	@Test
	void addWhenTextIsMissingIsRefused() {
		client(awaitLeader()).post()
			.uri("/reminders")
			.body(Map.of("text", " "))
			.exchange()
			.expectStatus()
			.isBadRequest();
	}

	private ConfigurableApplicationContext awaitLeader() {
		return Awaitility.await().atMost(PATIENCE).until(() -> {
			for (ConfigurableApplicationContext node : List.of(this.one, this.other)) {
				Leadership leadership = node.getBean(Leadership.class);
				Leadership others = follower(node).getBean(Leadership.class);
				if (leadership.isLeader()
						&& others.leader().map((it) -> it.nodeId().equals(leadership.nodeId())).orElse(false)) {
					return node;
				}
			}
			return null;
		}, (leader) -> leader != null);
	}

	private ConfigurableApplicationContext follower(ConfigurableApplicationContext leader) {
		return (leader == this.one) ? this.other : this.one;
	}

	private static Reminder add(ConfigurableApplicationContext node, String text) {
		return client(node).post()
			.uri("/reminders")
			.body(Map.of("text", text))
			.exchange()
			.expectStatus()
			.isCreated()
			.expectBody(Reminder.class)
			.returnResult()
			.getResponseBody();
	}

	private static List<Reminder> list(ConfigurableApplicationContext node) {
		return List.of(client(node).get()
			.uri("/reminders")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(Reminder[].class)
			.returnResult()
			.getResponseBody());
	}

	private static String sentBy(ConfigurableApplicationContext node, Reminder reminder) {
		return list(node).stream().filter((it) -> it.id() == reminder.id()).findFirst().orElseThrow().sentBy();
	}

	private static RestTestClient client(ConfigurableApplicationContext node) {
		String port = node.getBean(Environment.class).getProperty("local.server.port");
		return RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

}
