package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.hacluster.Leadership;
import io.hacluster.event.OnLeadershipLost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node with everything that Spring Boot brings: found by the imports file, seen over
 * HTTP.
 */
class HaClusterWebTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@TempDir
	Path directory;

	private ConfigurableApplicationContext context;

	@BeforeEach
	void start() {
		this.context = SpringApplication.run(Application.class, "--server.port=0", "--ha.cluster.name=test",
				"--ha.cluster.node-id=a", "--ha.cluster.store=local",
				"--ha.cluster.local.directory=" + this.directory.resolve("store"),
				"--ha.cluster.election.lease-duration=60s", "--ha.cluster.election.renew-interval=2s",
				"--management.endpoints.web.exposure.include=health,leader,prometheus",
				"--management.endpoint.health.show-details=always", "--management.endpoint.leader.access=unrestricted");
		Awaitility.await().until(this.context.getBean(Leadership.class)::isLeader);
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void healthHasTheComponent() {
		// The election says a moment after the node leads who leads
		Awaitility.await()
			.untilAsserted(() -> assertThat(get("/actuator/health").body()).contains("\"haCluster\":{",
					"\"role\":\"LEADER\"", "\"leader\":\"a\"", "\"epoch\":"));
		assertThat(get("/actuator/health/haCluster").statusCode()).isEqualTo(200);
	}

	@Test
	void prometheusHasTheMeters() {
		assertThat(get("/actuator/prometheus").body()).contains("ha_cluster_leader{cluster=\"test\",node=\"a\"} 1.0",
				"ha_cluster_election_renewals_total{", "ha_cluster_transitions_seconds_count{");
	}

	@Test
	void stepDownThroughTheEndpointLeadsToFollower() {
		HttpResponse<String> response = send(HttpRequest.newBuilder(url("/actuator/leader"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"step-down\"}"))
			.build());
		assertThat(response.statusCode()).isEqualTo(202);
		Awaitility.await().until(() -> get("/actuator/leader").body().contains("\"role\":\"FOLLOWER\""));
	}

	@Test
	void closeStepsDownWhileTheWebServerStillAnswers() {
		Listener listener = this.context.getBean(Listener.class);
		// The first request of all is slow, and a step-down does not wait long for
		// listeners
		assertThat(get("/actuator/health/haCluster").statusCode()).isEqualTo(200);
		listener.health = () -> get("/actuator/health/haCluster").body();
		this.context.close();
		assertThat(listener.seen).contains("\"status\":\"OUT_OF_SERVICE\"");
	}

	private HttpResponse<String> get(String path) {
		return send(HttpRequest.newBuilder(url(path)).build());
	}

	private URI url(String path) {
		return URI.create("http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port") + path);
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Listener.class)
	static class Application {

	}

	/**
	 * Asks for the health from within the step-down.
	 */
	static class Listener {

		private Supplier<String> health = () -> "";

		private volatile String seen = "";

		@OnLeadershipLost
		void lost() {
			this.seen = this.health.get();
		}

	}

}
