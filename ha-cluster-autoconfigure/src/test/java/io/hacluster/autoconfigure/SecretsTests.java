package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.replication.Replication;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A leader with secrets of each kind, every endpoint exposed with its values and every
 * logger at its finest: none of the secrets is to be found. And what it has put on the
 * disk is nobody else's to read.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTests {

	private static final String SECRET = "5ecret";

	private static final List<String> HARMLESS = List.of("heapdump", "shutdown", "logfile", "startup");

	private final HttpClient client = HttpClient.newHttpClient();

	@TempDir
	Path directory;

	private NatsServer nats;

	private ConfigurableApplicationContext node;

	@AfterEach
	void stop() {
		if (this.node != null) {
			this.node.close();
		}
		if (this.nats != null) {
			this.nats.close();
		}
	}

	@Test
	void nothingShowsASecret(CapturedOutput output) throws Exception {
		this.nats = NatsServer.start(this.directory.resolve("nats"),
				"authorization { user: app, password: \"" + SECRET + "-nats\" }");
		start("--ha.cluster.nats.servers=nats://app:" + SECRET + "-nats@127.0.0.1:" + this.nats.port());
		this.nats.restart();
		List<String> endpoints = endpoints();
		assertThat(endpoints).hasSizeGreaterThan(8).anyMatch((it) -> it.endsWith("/env"));
		for (String endpoint : endpoints) {
			assertThat(get(endpoint)).as(endpoint).doesNotContain(SECRET);
		}
		await().until(() -> !get("/actuator/health").contains("cannot be reached"));
		this.node.close();
		assertThat(output).doesNotContain(SECRET);
	}

	@Test
	void filesAreTheirOwnersAlone() throws Exception {
		this.nats = NatsServer.start(this.directory.resolve("nats"));
		start("--ha.cluster.nats.servers=" + this.nats.url());
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.directory.resolve("data.db"));
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			statement.execute("CREATE TABLE t (x)");
		}
		await().until(() -> this.node.getBean(Replication.class).status().txid() > 0);
		List<Path> open = new ArrayList<>();
		collect(this.directory, open);
		this.node.close();
		this.node = null;
		collect(this.directory, open);
		// The databases are as open as the umask has them be: the backend, or a reader,
		// may be another user.
		Path replicas = this.directory.resolve("data.db-replica.d");
		assertThat(open)
			.allMatch((path) -> path.startsWith(replicas) || path.getFileName().toString().startsWith("data.db"))
			.noneMatch((path) -> Files.isDirectory(path) && !path.startsWith(replicas));
	}

	/**
	 * Collects what others may read, behind no directory that keeps them out.
	 */
	private static void collect(Path directory, List<Path> open) throws IOException {
		try (Stream<Path> entries = Files.list(directory)) {
			for (Path path : entries.toList()) {
				Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
				if (path.endsWith("nats") || !permissions.contains(PosixFilePermission.OTHERS_READ)
						&& !permissions.contains(PosixFilePermission.GROUP_READ)) {
					continue;
				}
				open.add(path);
				if (Files.isDirectory(path)) {
					collect(path, open);
				}
			}
		}
	}

	private void start(String... more) throws SQLException {
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--ha.cluster.name=test",
				"--ha.cluster.node-id=a", "--ha.cluster.store=nats",
				"--ha.cluster.sqlite.path=" + this.directory.resolve("data.db"),
				"--ha.cluster.election.lease-duration=10m", "--ha.cluster.election.renew-interval=1s",
				"--ha.cluster.backend.type=process", "--ha.cluster.backend.process.command=sleep,1000",
				"--ha.cluster.backend.process.environment.API_KEY=" + SECRET + "-process",
				"--ha.cluster.backend.process.state-directory=" + this.directory.resolve("state"),
				"--ha.cluster.lifecycle.database-timeout=60s", "--management.endpoints.web.exposure.include=*",
				"--management.endpoint.env.show-values=always", "--management.endpoint.configprops.show-values=always",
				"--management.endpoint.health.show-details=always", "--logging.level.io.hacluster=TRACE",
				"--logging.level.io.nats=TRACE", "--logging.level.org.springframework.boot=DEBUG"));
		arguments.addAll(List.of(more));
		SpringApplication application = new SpringApplication(Application.class);
		application.setRegisterShutdownHook(false);
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.directory.resolve("data.db"));
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			statement.execute("CREATE TABLE first (x)");
		}
		this.node = application.run(arguments.toArray(String[]::new));
		await().until(this.node.getBean(Leadership.class)::isLeader);
	}

	private List<String> endpoints() throws Exception {
		return Pattern.compile("\"href\":\"http://[^/]+(/actuator/[a-zA-Z0-9-]+)\"")
			.matcher(get("/actuator"))
			.results()
			.map((link) -> link.group(1))
			.filter((path) -> HARMLESS.stream().noneMatch(path::endsWith))
			.toList();
	}

	private String get(String path) throws IOException, InterruptedException {
		return this.client
			.send(HttpRequest
				.newBuilder(URI
					.create("http://127.0.0.1:" + this.node.getEnvironment().getProperty("local.server.port") + path))
				.build(), HttpResponse.BodyHandlers.ofString())
			.body();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
