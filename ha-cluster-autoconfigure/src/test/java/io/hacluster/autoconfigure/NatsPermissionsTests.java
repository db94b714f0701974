package io.hacluster.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.command.CommandLine;
import io.hacluster.command.Terminal;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.test.Litestream;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The permissions in {@code docs/nats/ha-cluster.conf} are enough for all that a cluster
 * does, and none of them is too many.
 */
class NatsPermissionsTests {

	private static final Path FILE = Path.of("../docs/nats/ha-cluster.conf");

	private static final Pattern USER = Pattern.compile("user: (\\S+)");

	private static final Pattern SUBJECT = Pattern.compile("^ *\"([^\"]+)\"$", Pattern.MULTILINE);

	private static final Pattern TRACED = Pattern.compile("(cid:\\d+).*<<- \\[H?PUB (\\S+)");

	private static final Pattern LOGIN = Pattern.compile("(cid:\\d+).*\"user\":\"([^\"]+)\"");

	/**
	 * Removes members that have been silent for long, and old terms.
	 */
	private static final String RARE = "$JS.API.STREAM.PURGE.KV_ha-orders-state";

	/**
	 * Litestream asks for these in some ways of reading only.
	 */
	private static final List<String> RARE_FOR_LITESTREAM = List.of("$JS.API.INFO",
			"$JS.API.STREAM.MSG.GET.OBJ_ha-orders-db");

	@TempDir
	Path directory;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	private NatsServer nats;

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
		if (this.nats != null) {
			this.nats.close();
		}
	}

	@Test
	void clusterNeedsAllThatIsPermittedAndNothingElse() throws Exception {
		start(Files.readString(FILE));
		ConfigurableApplicationContext first = node("a");
		ConfigurableApplicationContext second = node("b");
		await().until(first.getBean(Leadership.class)::isLeader);
		execute("a", "PRAGMA journal_mode=WAL", "CREATE TABLE t (x)");
		await().until(() -> {
			// In several chunks, which are removed by a purge
			execute("a", "INSERT INTO t VALUES (randomblob(300000))");
			ReplicationStatus.Upkeep upkeep = status(first).counters().upkeep();
			return upkeep.compactions() > 0 && upkeep.snapshotBytes() > 0 && upkeep.retiredFiles() > 0
					&& published("orders-node").contains("$JS.API.STREAM.PURGE.OBJ_ha-orders-db");
		});
		await().until(() -> status(second).txid() > 2);
		assertThat(command("status", "--json")).contains("\"nodeId\":\"a\"");
		// Until all is merged and retired, which it soon is without new writes
		await().untilAsserted(() -> assertThat(command("verify")).contains("the chain is good"));
		int rows = count("a");
		first.close();
		await().until(second.getBean(Leadership.class)::isLeader);
		await().until(() -> Files.exists(database("b")) && count("b") == rows);
		// Who reads a log that is being cleared up so fast would find files gone
		second.close();
		Path restored = this.directory.resolve("restored.db");
		Path configuration = Files.writeString(this.directory.resolve("litestream.yml"), """
				dbs:
				  - path: /orders.db
				    replica:
				      type: nats
				      url: %s/ha-orders-db
				      username: orders-litestream
				      password: secret
				""".formatted(this.nats.url()));
		Litestream.restore("/orders.db", restored, "-config", configuration.toString());
		assertThat(rows(restored)).isEqualTo(rows);
		assertThat(log()).doesNotContain("Violation");
		assertThat(unused("orders-node")).isSubsetOf(RARE);
		assertThat(unused("orders-reader")).isEmpty();
		assertThat(unused("orders-litestream")).isSubsetOf(RARE_FOR_LITESTREAM);
	}

	@ParameterizedTest
	@ValueSource(strings = { "$JS.API.STREAM.CREATE.KV_ha-orders", "$KV.ha-orders.>" })
	void nodeWithoutAPermissionForLeasesDoesNotLead(String subject) throws Exception {
		start(without(subject));
		try {
			ConfigurableApplicationContext node = node("a", "--ha.cluster.nats.startup-timeout=1s");
			awaitRefused(subject);
			assertThat(node.getBean(Leadership.class).isLeader()).isFalse();
		}
		catch (ApplicationContextException ex) {
			awaitRefused(subject);
		}
	}

	/**
	 * Waits until the server has refused just that.
	 */
	private void awaitRefused(String subject) {
		String begin = subject.endsWith(">") ? subject.substring(0, subject.length() - 1) : subject + "\"";
		await().untilAsserted(() -> assertThat(log()).contains("Permissions Violation for Publish to \"" + begin));
	}

	@ParameterizedTest
	@ValueSource(strings = { "$JS.API.STREAM.MSG.GET.OBJ_ha-orders-db", "$JS.API.CONSUMER.CREATE.OBJ_ha-orders-db.>",
			"$O.ha-orders-db.>" })
	void nodeWithoutAPermissionForTheLogSaysSo(String subject) throws Exception {
		start(without(subject));
		ConfigurableApplicationContext node = node("a");
		await().untilAsserted(() -> assertThat(status(node).failure() + node.getBean(ClusterLifecycle.class).status())
			.contains("ermissions Violation"));
	}

	@Test
	void usersMayNotDoWhatIsNotTheirs() throws Exception {
		start(Files.readString(FILE));
		assertRefused("orders-node", "$KV.ha-other.leader", "$O.ha-other-db.C.x", "$JS.API.STREAM.INFO.KV_ha-other",
				"$JS.API.STREAM.MSG.GET.OBJ_ha-other-db", "$JS.API.STREAM.DELETE.KV_ha-orders",
				"$JS.API.STREAM.PURGE.KV_ha-orders", "$JS.API.STREAM.DELETE.OBJ_ha-orders-db",
				"$JS.API.STREAM.CREATE.other");
		assertRefused("orders-reader", "$KV.ha-orders.leader", "$O.ha-orders-db.C.x", "$KV.ha-orders-state.pause",
				"$JS.API.STREAM.PURGE.OBJ_ha-orders-db");
		assertRefused("orders-litestream", "$O.ha-orders-db.C.x", "$JS.API.STREAM.MSG.GET.KV_ha-orders");
	}

	private void assertRefused(String user, String... subjects) throws Exception {
		Queue<String> errors = new ConcurrentLinkedQueue<>();
		try (Connection connection = Nats
			.connect(this.nats.options().userInfo(user, "secret").errorListener(new ErrorListener() {
				@Override
				public void errorOccurred(Connection source, String error) {
					errors.add(error);
				}
			}).build())) {
			for (String subject : subjects) {
				connection.publish(subject, new byte[0]);
				await().untilAsserted(() -> assertThat(errors)
					.anyMatch((error) -> error.contains("Permissions Violation for Publish to \"" + subject + "\"")));
			}
		}
	}

	private void start(String configuration) {
		this.nats = NatsServer.start(this.directory.resolve("nats"),
				configuration.replaceAll("\\$ORDERS_[A-Z]+_PASSWORD", "secret"),
				"trace: true, max_traced_msg_len: 300");
	}

	private static String without(String subject) throws IOException {
		String all = Files.readString(FILE);
		String fewer = all.replaceFirst(Pattern.quote("\"" + subject + "\""), "");
		assertThat(fewer).isNotEqualTo(all);
		return fewer;
	}

	private ConfigurableApplicationContext node(String id, String... more) {
		SpringApplication application = new SpringApplication(Node.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		List<String> arguments = arguments("orders-node", id);
		arguments.addAll(List.of(more));
		ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new));
		this.nodes.add(context);
		return context;
	}

	private List<String> arguments(String user, String id) {
		return new ArrayList<>(List.of("--ha.cluster.name=orders", "--ha.cluster.node-id=" + id,
				"--ha.cluster.store=nats", "--ha.cluster.nats.servers=" + this.nats.url(),
				"--ha.cluster.nats.username=" + user, "--ha.cluster.nats.password=secret",
				"--ha.cluster.nats.connection-timeout=30s", "--ha.cluster.election.lease-duration=12s",
				"--ha.cluster.election.renew-interval=1s", "--ha.cluster.sqlite.path=" + database(id),
				"--ha.cluster.sqlite.snapshot-interval=1s", "--ha.cluster.sqlite.retention=1s",
				"--ha.cluster.replication.levels=200ms,600ms", "--ha.cluster.replication.l0-retention=0s"));
	}

	private String command(String... command) {
		List<String> arguments = new ArrayList<>(List.of(command));
		arguments.addAll(arguments("orders-reader", "c"));
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
		Terminal terminal = new Terminal(stream, stream, false);
		assertThat(new CommandLine(SpringCommandEnvironment::open, terminal).run(arguments.toArray(String[]::new)))
			.as(() -> out.toString(StandardCharsets.UTF_8))
			.isZero();
		return out.toString(StandardCharsets.UTF_8);
	}

	private static ReplicationStatus status(ConfigurableApplicationContext node) {
		return node.getBean(Replication.class).status();
	}

	private Path database(String id) {
		return this.directory.resolve(id + ".db");
	}

	private void execute(String id, String... statements) throws SQLException {
		try (java.sql.Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database(id));
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	private int count(String id) throws SQLException {
		return rows(database(id));
	}

	private static int rows(Path file) throws SQLException {
		try (java.sql.Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT count(*) FROM t")) {
			return result.getInt(1);
		}
	}

	private String log() throws IOException {
		return Files.readString(this.directory.resolve("nats/nats.log"), StandardCharsets.ISO_8859_1);
	}

	/**
	 * Returns what a user may publish to and has not, according to the server's trace.
	 */
	private Set<String> unused(String user) throws IOException {
		String file = Files.readString(FILE);
		Matcher start = USER.matcher(file);
		while (start.find() && !start.group(1).equals(user)) {
			// the next one
		}
		String part = file.substring(start.start());
		String permitted = part.substring(0, part.indexOf("subscribe ="));
		Collection<String> published = published(user);
		return SUBJECT.matcher(permitted)
			.results()
			.map((result) -> result.group(1))
			.filter((subject) -> published.stream().noneMatch((used) -> matches(subject, used)))
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private static boolean matches(String permitted, String subject) {
		return permitted.endsWith(">") ? subject.startsWith(permitted.substring(0, permitted.length() - 1))
				: subject.equals(permitted);
	}

	private Collection<String> published(String user) throws IOException {
		String log = log();
		Set<String> clients = LOGIN.matcher(log)
			.results()
			.filter((login) -> login.group(2).equals(user))
			.map((login) -> login.group(1))
			.collect(Collectors.toSet());
		return TRACED.matcher(log)
			.results()
			.filter((publish) -> clients.contains(publish.group(1)))
			.map((publish) -> publish.group(2))
			.collect(Collectors.toSet());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Node {

	}

}
