package io.hacluster.samples.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged samples as their users may run them: with the beans that were made ahead
 * of time, on a newer Java, with virtual threads.
 */
@Tag("hosts")
class RunningSamplesTests {

	private static final String JAVA = NodeCommand.java();

	private static final String AHEAD_OF_TIME = "-Dspring.aot.enabled=true";

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@TempDir
	private Path directory;

	private @Nullable ChildProcess node;

	private @Nullable NatsProcess nats;

	@AfterEach
	void end() {
		if (this.node != null) {
			this.node.kill();
		}
		if (this.nats != null) {
			this.nats.destroy();
		}
	}

	@Test
	void applicationThatWasProcessedAheadOfTimeLeadsAndWorks() throws IOException {
		int port = startApplication(JAVA, AHEAD_OF_TIME);
		sendsReminder(port);
		assertThat(log()).contains("Starting AOT-processed");
		assertThat(status()).as("what a command of the same application says")
			.contains("\"nodeId\"")
			.doesNotContain("AOT");
		stepsDownWhenTerminated();
	}

	@Test
	void applicationOnNewestJavaWithVirtualThreadsLeadsAndWorks() throws IOException {
		int port = startApplication(Script.path("jre").toString(), "-Dspring.threads.virtual.enabled=true");
		sendsReminder(port);
		assertThat(log()).as("what Java warns of without Enable-Native-Access").doesNotContain("restricted method");
		stepsDownWhenTerminated();
	}

	@Test
	void applicationThatWasProcessedAheadOfTimeWhenConfiguredForAnotherStoreSaysSo() throws IOException {
		startApplication(JAVA, AHEAD_OF_TIME, "-Dha.cluster.store=nats",
				"-Dha.cluster.nats.servers=nats://127.0.0.1:1");
		Await.until("the node gives up", PATIENCE, this::tail, () -> !node().isAlive());
		assertThat(log()).contains("ha.cluster.store").contains("ahead of time");
	}

	@Test
	void managerThatWasProcessedAheadOfTimeLeads() throws IOException {
		Path manager = Script.jar("ha-cluster-sample-manager");
		LabOptions options = LabOptions.parse(List.of("--manager", manager.toString(), "--backend",
				Script.jar("ha-cluster-sample-backend").toString(), "--nats-server",
				Script.path("nats-server").toString()));
		NatsProcess server = NatsProcess.create(options, this.directory);
		this.nats = server;
		server.start();
		server.awaitReady();
		Path home = Files.createDirectories(this.directory.resolve("a"));
		Files.createDirectories(home.resolve("tmp"));
		int port = Cluster.freePort();
		List<String> command = new ArrayList<>(new NodeCommand(options, this.directory, server.url(), Map.of()).of("a",
				home, port, Cluster.freePort()));
		command.add(1, AHEAD_OF_TIME);
		this.node = ChildProcess.start(command, home, this.directory.resolve("log"), Map.of());
		Await.until("the manager leads", PATIENCE, this::tail,
				() -> get(port, "/actuator/health").contains("\"role\":\"LEADER\""));
		assertThat(log()).contains("Starting AOT-processed");
		stepsDownWhenTerminated();
	}

	private String status() {
		Path out = this.directory.resolve("status");
		List<String> command = new ArrayList<>(List.of(JAVA, AHEAD_OF_TIME, "-XX:TieredStopAtLevel=1",
				"-Djava.io.tmpdir=" + this.directory, "-jar", Script.jar("ha-cluster-sample-application").toString(),
				"status", "--json", "--ha.cluster.node-id=a", "--reminders.directory=" + this.directory));
		ChildProcess process = ChildProcess.start(command, this.directory, out, Map.of());
		Await.until("the status is there", PATIENCE, process::tail, () -> !process.isAlive());
		assertThat(process.exitCode()).as(process.tail()).isZero();
		return process.tail();
	}

	private int startApplication(String java, String... options) throws IOException {
		Path home = Files.createDirectories(this.directory.resolve("a"));
		int port = Cluster.freePort();
		List<String> command = new ArrayList<>(
				List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Djava.io.tmpdir=" + home));
		command.addAll(List.of(options));
		command.addAll(List.of("-jar", Script.jar("ha-cluster-sample-application").toString(),
				"--server.address=127.0.0.1", "--server.port=" + port, "--ha.cluster.node-id=a",
				"--reminders.directory=" + this.directory, "--reminders.interval=100ms"));
		this.node = ChildProcess.start(command, home, this.directory.resolve("log"), Map.of());
		return port;
	}

	/**
	 * The database is opened by {@code @OnLeadership}, and the reminder sent by a
	 * scheduled method.
	 */
	private void sendsReminder(int port) {
		Await.until("the application leads", PATIENCE, this::tail, () -> post(port, "{\"text\":\"now\"}") == 201);
		Await.until("the reminder is sent", PATIENCE, this::tail,
				() -> get(port, "/reminders").contains("\"sentBy\":\"a\""));
	}

	private void stepsDownWhenTerminated() {
		node().terminate(PATIENCE);
		assertThat(log()).contains("STEP_DOWN took");
	}

	private ChildProcess node() {
		ChildProcess process = this.node;
		assertThat(process).isNotNull();
		return process;
	}

	private String tail() {
		return node().tail();
	}

	private String log() {
		try {
			return Files.readString(this.directory.resolve("log"));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static int post(int port, String body) {
		HttpResponse<String> response = send(request(port, "/reminders").header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
		return (response != null) ? response.statusCode() : 0;
	}

	private static String get(int port, String path) {
		HttpResponse<String> response = send(request(port, path));
		return (response != null) ? response.body() : "";
	}

	private static HttpRequest.Builder request(int port, String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(20));
	}

	private static @Nullable HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

}
