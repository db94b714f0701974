package io.hacluster.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.replication.ReplicationStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint as operators see it, over HTTP.
 */
class LeaderEndpointTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void getOnLeaderDescribesNodeAndLeader() {
		withApplication(true, "read-only", (url) -> {
			HttpResponse<String> response = get(url);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).contains("\"nodeId\":\"a\"", "\"role\":\"LEADER\"", "\"epoch\":7",
					"\"leader\":{\"nodeId\":\"a\",\"since\":\"2030-01-01T00:00:00Z\"}", "\"position\":42",
					"\"lag\":1.5", "\"state\":\"LEADER\"");
		});
	}

	@Test
	void postWhenAccessIsNotGrantedIsRefused() {
		withApplication(true, "read-only",
				(url) -> assertThat(post(url, "{\"action\":\"step-down\"}").statusCode()).isEqualTo(405));
	}

	@Test
	void postWhenAccessIsGrantedStepsDown() {
		withApplication(true, "unrestricted", (url) -> {
			HttpResponse<String> response = post(url, "{\"action\":\"step-down\"}");
			assertThat(response.statusCode()).isEqualTo(202);
			assertThat(response.body()).contains("ACCEPTED");
		});
	}

	@Test
	void postOnFollowerIsAConflictAndNamesTheLeader() {
		withApplication(false, "unrestricted", (url) -> {
			HttpResponse<String> response = post(url, "{\"action\":\"step-down\"}");
			assertThat(response.statusCode()).isEqualTo(409);
			assertThat(response.body()).contains("the leader is b");
		});
	}

	@Test
	void postWithUnknownActionListsTheLegalOnes() {
		withApplication(true, "unrestricted", (url) -> {
			HttpResponse<String> response = post(url, "{\"action\":\"abdicate\"}");
			assertThat(response.statusCode()).isEqualTo(400);
			assertThat(response.body()).contains("'abdicate'", "\"actions\":[\"step-down\",\"snapshot\"]");
		});
	}

	@Test
	void postWithoutActionListsTheLegalOnes() {
		withApplication(true, "unrestricted", (url) -> {
			HttpResponse<String> response = post(url, "{}");
			assertThat(response.statusCode()).isEqualTo(400);
			assertThat(response.body()).contains("\"actions\":[\"step-down\",\"snapshot\"]");
		});
	}

	private HttpResponse<String> get(URI url) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
	}

	private HttpResponse<String> post(URI url, String body) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(url)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private void withApplication(boolean leader, String access, Check check) {
		try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, "--server.port=0",
				"--test.leader=" + leader, "--management.endpoints.web.exposure.include=leader",
				"--management.endpoint.leader.access=" + access)) {
			check.accept(URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port")
					+ "/actuator/leader"));
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@FunctionalInterface
	private interface Check {

		void accept(URI url) throws IOException, InterruptedException;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@ConditionalOnAvailableEndpoint
		LeaderEndpoint leaderEndpoint(Environment environment) {
			boolean leader = environment.getRequiredProperty("test.leader", boolean.class);
			return new LeaderEndpoint(new FixedLeadership(leader), () -> leader ? "LEADER" : "FOLLOWER",
					() -> new ReplicationStatus(ReplicationStatus.State.SHIPPING, 42, 43, Duration.ofMillis(1500), null,
							List.of(), new ReplicationStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
									ReplicationStatus.Upkeep.NONE, Duration.ZERO)),
					() -> leader);
		}

		@Bean
		LeaderEndpointWebExtension leaderEndpointWebExtension(LeaderEndpoint endpoint) {
			return new LeaderEndpointWebExtension(endpoint);
		}

	}

	private record FixedLeadership(boolean isLeader) implements Leadership {

		@Override
		public NodeId nodeId() {
			return new NodeId("a");
		}

		@Override
		public ClusterRole role() {
			return this.isLeader ? ClusterRole.LEADER : ClusterRole.FOLLOWER;
		}

		@Override
		public Epoch epoch() {
			return new Epoch(7);
		}

		@Override
		public Optional<Leader> leader() {
			return Optional
				.of(new Leader(new NodeId(this.isLeader ? "a" : "b"), epoch(), Instant.parse("2030-01-01T00:00:00Z")));
		}

		@Override
		public boolean stepDown() {
			return this.isLeader;
		}

	}

}
