package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import io.hacluster.test.JavaProcess;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The commands of a whole application, each in a process of its own, beside a node of the
 * cluster with a real NATS server.
 */
@Timeout(180)
class HaClusterApplicationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@TempDir
	Path directory;

	private NatsServer server;

	private Process node;

	@BeforeEach
	void setUp() throws Exception {
		this.server = NatsServer.start(this.directory.resolve("nats"));
		Files.writeString(this.directory.resolve("application.yml"), """
				ha.cluster:
				  name: test
				  node-id: node-a
				  store: nats
				  nats.servers: %s
				  election:
				    lease-duration: 60s
				    renew-interval: 2s
				  sqlite.path: %s
				spring.main.web-application-type: servlet
				server.port: 0
				logging.file.name: service.log
				management:
				  endpoints.web.exposure.include: leader
				  endpoint.leader.access: unrestricted
				""".formatted(this.server.url(), this.directory.resolve("data.db")));
	}

	@AfterEach
	void tearDown() throws Exception {
		if (this.node != null) {
			this.node.destroy();
			if (!this.node.waitFor(30, TimeUnit.SECONDS)) {
				this.node.destroyForcibly().waitFor();
			}
		}
		this.server.close();
	}

	@Test
	void commandsWorkBesideARunningNode() throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.directory.resolve("data.db"));
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
			statement.execute("INSERT INTO t(v) VALUES ('first')");
		}
		Path portFile = this.directory.resolve("port");
		this.node = start("--test.port-file=" + portFile);
		await().atMost(PATIENCE).until(() -> Files.exists(portFile) && Files.size(portFile) > 0);
		URI endpoint = URI.create("http://127.0.0.1:" + Files.readString(portFile) + "/actuator/leader");
		await().atMost(PATIENCE).until(() -> get(endpoint).contains("\"position\":1"));

		Run status = run("status", "--json");
		assertThat(status.exit()).isZero();
		assertThat(status.output()).startsWith("{")
			.contains("\"leader\":\"node-a\"", "{\"nodeId\":\"node-a\",\"alive\":true,");

		Run snapshot = run("snapshot", "--url=" + endpoint);
		assertThat(snapshot.output()).contains("has a snapshot at transaction");
		assertThat(snapshot.exit()).isZero();

		Run verify = run("verify");
		assertThat(verify.output()).contains("the chain is good");
		assertThat(verify.exit()).isZero();

		Run inPlace = run("restore", "--overwrite");
		assertThat(inPlace.exit()).isEqualTo(1);
		assertThat(inPlace.output()).contains("a node of the cluster works with it");

		Path target = this.directory.resolve("restored.db");
		Run restore = run("restore", "--to=" + target, "--verify");
		assertThat(restore.output()).contains("Restored transaction").doesNotContain("left");
		assertThat(restore.exit()).isZero();
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + target);
				Statement statement = connection.createStatement()) {
			assertThat(statement.executeQuery("SELECT v FROM t").getString(1)).isEqualTo("first");
		}
		assertThat(this.node.isAlive()).isTrue();
	}

	@Test
	void commandThatFindsNoLogCreatesNothing() throws Exception {
		Run restore = run("restore", "--to=" + this.directory.resolve("restored.db"));
		assertThat(restore.exit()).isEqualTo(1);
		assertThat(restore.output()).contains("Bucket 'ha-test-db' does not exist");
		Run status = run("status");
		assertThat(status.exit()).isEqualTo(1);
		assertThat(status.output()).contains("bucket 'ha-test-state'");
		assertThat(this.directory.resolve("service.log")).doesNotExist();
	}

	@Test
	void commandWithAConfigurationThatCannotWorkSaysSoInOneMessage() throws Exception {
		Run status = run("--ha.cluster.sqlite.retention=1s", "status");
		assertThat(status.exit()).isEqualTo(1);
		assertThat(status.output()).startsWith("Invalid value '1s' for configuration property")
			.contains("ha.cluster.sqlite.retention", "It must not be shorter than", "Review the value")
			.doesNotContain("WARN", "ERROR", "APPLICATION FAILED TO START", "\tat ");
		Run verify = run("verify", "--ha.cluster.nme=x");
		assertThat(verify.exit()).isEqualTo(1);
		assertThat(verify.output()).contains("ha.cluster.nme")
			.doesNotContain("WARN", "ERROR", "APPLICATION FAILED TO START", "\tat ");
	}

	@Test
	void wordThatIsNoCommandStartsNoNode() throws Exception {
		Run run = run("--ha.cluster.name=test", "switchovr");
		assertThat(run.exit()).isEqualTo(2);
		assertThat(run.output()).startsWith("There is no command 'switchovr'. Did you mean 'switchover'?");
		assertThat(this.directory.resolve("service.log")).doesNotExist();
	}

	private static String get(URI url) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
			.body();
	}

	private Run run(String... arguments) throws IOException, InterruptedException {
		Process process = start(arguments);
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		return new Run(process.exitValue(), output);
	}

	private Process start(String... arguments) throws IOException {
		List<String> command = JavaProcess.command(Application.class, "256m", arguments);
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.directory(this.directory.toFile())
			.start();
		if (arguments.length > 0 && arguments[0].startsWith("--test.")) {
			Thread reader = new Thread(() -> {
				try {
					process.getInputStream().transferTo(System.out);
				}
				catch (IOException ex) {
					// the process has ended
				}
			});
			reader.setDaemon(true);
			reader.start();
		}
		return process;
	}

	private record Run(int exit, String output) {
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		public static void main(String[] arguments) {
			HaClusterApplication.run(Application.class, arguments);
		}

		@Bean
		ApplicationListener<WebServerInitializedEvent> portFile(Environment environment) {
			return (event) -> {
				try {
					Files.writeString(Path.of(environment.getRequiredProperty("test.port-file")),
							"" + event.getWebServer().getPort());
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			};
		}

	}

}
