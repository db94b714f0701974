package io.hacluster.autoconfigure;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import io.hacluster.Leadership;
import io.hacluster.command.CommandLine;
import io.hacluster.command.Terminal;
import io.hacluster.event.DatabaseDivergedEvent;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A leader that is killed with commits that it could not ship, another one that goes on,
 * and the first one's return: with real processes and a real NATS server.
 */
class DivergenceProcessTests {

	static final Duration PATIENCE = Duration.ofSeconds(90);

	@TempDir
	Path directory;

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	private NatsServer nats;

	private Process leader;

	private BufferedReader answers;

	@AfterEach
	void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
		if (this.leader != null) {
			this.leader.destroyForcibly();
		}
		if (this.nats != null) {
			this.nats.close();
		}
	}

	@Test
	void leaderKilledWithUnshippedRowsReturnsAndTellsExactlyWhatWasLost() throws Exception {
		this.nats = NatsServer.start(this.directory.resolve("nats"));
		Path first = Files.createDirectory(this.directory.resolve("a"));
		Path second = Files.createDirectory(this.directory.resolve("b"));
		startLeader(first);
		execute("PRAGMA journal_mode=WAL", "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL)",
				"INSERT INTO item VALUES (1, 'apple', 1.5), (2, 'pear', 2.0), (3, 'plum', 0.5), (4, 'fig', 3.0)");
		ConfigurableApplicationContext follower = run("b", second, "--spring.main.web-application-type=none");
		await().atMost(PATIENCE).ignoreExceptions().until(() -> count(second.resolve("data.db-replica")) == 4);

		this.nats.pause();
		execute("INSERT INTO item VALUES (5, 'lost', 9.0), (6, 'mine', 6.0)",
				"UPDATE item SET price = 2.5 WHERE id = 2", "DELETE FROM item WHERE id = 3");
		this.leader.destroyForcibly().waitFor();
		// What the leader has sent stands in the socket of the frozen server: it must die
		new ProcessBuilder("kill", "-KILL", Long.toString(this.nats.pid())).start().waitFor();
		await().atMost(PATIENCE)
			.until(() -> ProcessHandle.of(this.nats.pid()).filter(ProcessHandle::isAlive).isEmpty());
		this.nats.restart();

		await().atMost(PATIENCE).until(follower.getBean(Leadership.class)::isLeader);
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + second.resolve("data.db"));
				Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO item VALUES (6, 'theirs', 7.0), (7, 'only theirs', 8.0)");
			statement.execute("UPDATE item SET price = 2.25 WHERE id = 2");
		}

		ConfigurableApplicationContext returned = run("a", first, "--server.port=0",
				"--management.endpoints.web.exposure.include=health,prometheus",
				"--management.endpoint.health.show-details=always");
		await().atMost(PATIENCE).ignoreExceptions().until(() -> count(first.resolve("data.db-replica")) == 6);
		DivergingNode node = returned.getBean(DivergingNode.class);
		await().atMost(PATIENCE).until(() -> !node.events.isEmpty());
		DatabaseDivergedEvent event = node.events.remove();
		assertThat(node.events).isEmpty();
		assertThat(event.nodeId().value()).isEqualTo("a");
		assertThat(event.file().getFileName().toString())
			.matches("data\\.db\\.diverged-" + event.epoch() + "-\\d{8}T\\d{6}Z");
		assertThat(get(returned, "health")).contains("\"diverged\":[{\"file\":\"" + event.file() + "\"",
				"\"branch\":" + event.branchTxid());
		assertThat(get(returned, "prometheus")).contains("ha_cluster_replication_diverged_files{",
				"ha_cluster_replication_divergences_total{cluster=\"divergence\",node=\"a\"} 1.0");

		String text = diff(first, event.file().toString());
		assertThat(text.lines().skip(5).toList()).containsExactly("", "table item",
				"  ~ id=2   CONFLICT: the log has changed it, too", "      base: price=2.0", "      file: price=2.5",
				"      log:  price=2.25", "  + id=5", "      base: no such row", "      file: name='lost', price=9.0",
				"      log:  no such row", "  + id=6   CONFLICT: the log has changed it, too",
				"      base: no such row", "      file: name='mine', price=6.0", "      log:  name='theirs', price=7.0",
				"  - id=3", "      base: name='plum', price=0.5", "      file: no such row",
				"      log:  name='plum', price=0.5", "",
				"4 rows written to the file that the log does not have: 2 inserted, 1 updated, 1 deleted; 2 in conflict "
						+ "with the log");
		assertThat(diff(first, "--json").lines()).as("the newest file is the default")
			.hasSize(6)
			.last()
			.isEqualTo("{\"type\":\"summary\",\"inserted\":2,\"updated\":1,\"deleted\":1,\"conflicts\":2,"
					+ "\"schema\":0,\"skipped\":0}");
	}

	private void startLeader(Path path) throws Exception {
		List<String> command = JavaProcess.command(DivergingNode.class, "256m");
		command.addAll(DivergingNode.arguments("a", path, this.nats.url(), "--spring.main.web-application-type=none"));
		this.leader = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		this.answers = new BufferedReader(new InputStreamReader(this.leader.getInputStream(), StandardCharsets.UTF_8));
	}

	private void execute(String... statements) throws Exception {
		for (String sql : statements) {
			this.leader.getOutputStream().write((sql + "\n").getBytes(StandardCharsets.UTF_8));
			this.leader.getOutputStream().flush();
			String line = this.answers.readLine();
			while (line != null && !line.equals("COMMITTED")) {
				line = this.answers.readLine();
			}
			assertThat(line).as(sql).isNotNull();
		}
	}

	private ConfigurableApplicationContext run(String name, Path path, String... more) {
		ConfigurableApplicationContext context = SpringApplication.run(DivergingNode.class,
				DivergingNode.arguments(name, path, this.nats.url(), more).toArray(String[]::new));
		this.contexts.add(context);
		return context;
	}

	private String diff(Path path, String argument) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		List<String> arguments = new ArrayList<>(
				List.of("diff", argument, "--directory=" + this.directory.toAbsolutePath()));
		arguments.addAll(DivergingNode.arguments("a", path, this.nats.url()));
		Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), System.err, false);
		assertThat(new CommandLine(SpringCommandEnvironment::open, terminal).run(arguments.toArray(String[]::new)))
			.isZero();
		return out.toString(StandardCharsets.UTF_8);
	}

	private static String get(ConfigurableApplicationContext context, String endpoint) throws Exception {
		URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/" + endpoint);
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
			.body();
	}

	private static int count(Path database) throws SQLException {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT count(*) FROM item")) {
			result.next();
			return result.getInt(1);
		}
	}

}
