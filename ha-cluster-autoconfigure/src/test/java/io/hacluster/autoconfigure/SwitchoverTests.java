package io.hacluster.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.command.CommandLine;
import io.hacluster.command.Terminal;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two nodes hand over to one another, asked over HTTP and by a command.
 */
class SwitchoverTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@TempDir
	Path directory;

	@Test
	void leadershipMovesByPostAndByCommand() throws Exception {
		try (ConfigurableApplicationContext a = node("a")) {
			Awaitility.await().atMost(PATIENCE).until(() -> leads(a));
			try (ConfigurableApplicationContext b = node("b")) {
				Awaitility.await()
					.atMost(PATIENCE)
					.untilAsserted(() -> assertThat(get(b, "/cluster")).contains("\"leader\":\"a\"",
							"{\"nodeId\":\"a\",\"alive\":true,", "{\"nodeId\":\"b\",\"alive\":true,"));
				// Refused as long as b is not ready
				HttpResponse<String> response = Awaitility.await()
					.atMost(PATIENCE)
					.until(() -> post(b, "{\"action\":\"switchover\",\"target\":\"b\",\"timeout\":\"5m\"}"),
							(answer) -> answer.statusCode() != 409);
				assertThat(response.body()).contains("\"outcome\":\"DONE\"", "\"leader\":\"b\"");
				assertThat(response.statusCode()).isEqualTo(200);
				assertThat(leads(b)).isTrue();
				assertThat(leads(a)).isFalse();
				assertThat(status(b, "/primary")).isEqualTo(200);
				assertThat(status(a, "/primary")).isEqualTo(503);

				Run run = Awaitility.await()
					.atMost(PATIENCE)
					.until(() -> command("switchover", "--to=a", "--wait=5m"),
							(ended) -> !ended.output().startsWith("Not possible"));
				assertThat(run.output()).startsWith("a leads, ");
				assertThat(run.exit()).isZero();
				Awaitility.await().atMost(PATIENCE).until(() -> leads(a));
				Awaitility.await()
					.atMost(PATIENCE)
					.untilAsserted(
							() -> assertThat(command("status").output()).containsPattern("a +LEADER +LEADER +yes")
								.containsPattern("b +FOLLOWER +\\w+ +yes"));
				Awaitility.await()
					.atMost(PATIENCE)
					.untilAsserted(
							() -> assertThat(command("history").output().lines().count()).isGreaterThanOrEqualTo(4));
			}
		}
	}

	private ConfigurableApplicationContext node(String id) {
		return SpringApplication.run(Application.class,
				Stream.concat(cluster(id).stream(),
						Stream.of("--server.port=0", "--management.endpoints.web.exposure.include=leader",
								"--management.endpoint.leader.access=unrestricted"))
					.toArray(String[]::new));
	}

	private List<String> cluster(String node) {
		return List.of("--ha.cluster.name=test", "--ha.cluster.node-id=" + node, "--ha.cluster.store=local",
				"--ha.cluster.local.directory=" + this.directory.resolve("store"),
				"--ha.cluster.election.lease-duration=15s", "--ha.cluster.election.renew-interval=1s");
	}

	private static boolean leads(ConfigurableApplicationContext node) {
		return node.getBean(Leadership.class).isLeader();
	}

	private Run command(String... arguments) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
		int exit = new CommandLine(SpringCommandEnvironment::open, new Terminal(stream, stream, false))
			.run(Stream.concat(Stream.of(arguments), cluster("operator").stream()).toArray(String[]::new));
		return new Run(exit, out.toString(StandardCharsets.UTF_8));
	}

	private static String get(ConfigurableApplicationContext node, String path) throws Exception {
		return send(HttpRequest.newBuilder(url(node, path))).body();
	}

	private static int status(ConfigurableApplicationContext node, String path) throws Exception {
		return send(HttpRequest.newBuilder(url(node, path)).method("OPTIONS", HttpRequest.BodyPublishers.noBody()))
			.statusCode();
	}

	private static HttpResponse<String> post(ConfigurableApplicationContext node, String body) throws Exception {
		return send(HttpRequest.newBuilder(url(node, ""))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static URI url(ConfigurableApplicationContext node, String path) {
		return URI.create("http://127.0.0.1:" + node.getEnvironment().getProperty("local.server.port")
				+ "/actuator/leader" + path);
	}

	private record Run(int exit, String output) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
