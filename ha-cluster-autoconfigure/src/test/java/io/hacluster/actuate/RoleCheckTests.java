package io.hacluster.actuate;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.operation.RecordingOperations;
import io.hacluster.replication.ReplicationStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The checks as load balancers make them: with GET, HEAD and OPTIONS, on each web stack,
 * on the port of the application and on one of their own.
 */
class RoleCheckTests {

	@Nested
	class OnMvc extends Contract {

		OnMvc() {
			super(WebApplicationType.SERVLET, "/actuator/leader");
		}

	}

	@Nested
	class OnMvcWithPathsAndPortOfItsOwn extends Contract {

		OnMvcWithPathsAndPortOfItsOwn() {
			super(WebApplicationType.SERVLET, "/base/manage/who", "--management.server.port=0",
					"--management.server.base-path=/base", "--management.endpoints.web.base-path=/manage",
					"--management.endpoints.web.path-mapping.leader=who");
		}

	}

	@Nested
	class OnMvcWithServletPath extends Contract {

		OnMvcWithServletPath() {
			super(WebApplicationType.SERVLET, "/context/app/actuator/leader", "--spring.mvc.servlet.path=/app",
					"--server.servlet.context-path=/context");
		}

	}

	@Nested
	class OnWebFlux extends Contract {

		OnWebFlux() {
			super(WebApplicationType.REACTIVE, "/actuator/leader");
		}

	}

	@Nested
	class OnWebFluxWithPortOfItsOwn extends Contract {

		OnWebFluxWithPortOfItsOwn() {
			super(WebApplicationType.REACTIVE, "/leader", "--management.server.port=0",
					"--management.endpoints.web.base-path=/");
		}

	}

	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	abstract static class Contract {

		private final WebApplicationType type;

		private final String path;

		private final String[] arguments;

		private ConfigurableApplicationContext context;

		Contract(WebApplicationType type, String path, String... arguments) {
			this.type = type;
			this.path = path;
			this.arguments = Arrays.copyOf(arguments, arguments.length + 1);
			this.arguments[arguments.length] = "--management.endpoint.leader.access=unrestricted";
		}

		@BeforeAll
		void start() {
			this.context = LeaderEndpointApplication.run(this.type, this.arguments);
		}

		@AfterAll
		void close() {
			this.context.close();
		}

		@Test
		void leaderIsPrimaryAndNoReplica() throws Exception {
			node().state = LifecycleState.LEADER;
			node().replicating = ReplicationStatus.State.SHIPPING;
			assertThat(statuses("/primary")).containsOnly(200);
			assertThat(statuses("/replica")).containsOnly(503);
			assertThat(statuses("/replica?maxLag=1h")).containsOnly(503);
		}

		@Test
		void followerIsReplicaIfItIsNotTooFarBehind() throws Exception {
			node().follow();
			assertThat(statuses("/primary")).containsOnly(503);
			assertThat(statuses("/replica")).containsOnly(200);
			assertThat(statuses("/replica?maxLag=1500ms")).containsOnly(200);
			assertThat(statuses("/replica?maxLag=1s")).containsOnly(503);
		}

		@Test
		void nodeBetweenTheRolesIsNeither() throws Exception {
			node().follow();
			for (LifecycleState state : List.of(LifecycleState.PROMOTING, LifecycleState.DEMOTING)) {
				node().state = state;
				assertThat(statuses("/primary")).containsOnly(503);
				assertThat(statuses("/replica")).containsOnly(503);
			}
		}

		@Test
		void followerThatBuildsItsReplicaIsNone() throws Exception {
			node().follow();
			node().replicating = ReplicationStatus.State.RESTORING;
			assertThat(statuses("/replica")).containsOnly(503);
		}

		@ParameterizedTest
		@ValueSource(strings = { "/replica?maxLag=5", "/replica?maxLag=soon", "/replica?maxLag=-1s", "/replica?maxLag=",
				"/primary?maxLag=5s" })
		void lagThatMakesNoSenseIsABadRequest(String check) throws Exception {
			node().follow();
			assertThat(statuses(check)).containsOnly(400);
			assertThat(send("GET", check).body()).contains("'maxLag'");
			assertThat(send("OPTIONS", check).body()).contains("'maxLag'");
		}

		@ParameterizedTest
		@ValueSource(strings = { "/replica?maxlag=5s", "/replica?maxLag=5s&role=a", "/primary?maxlag=5s" })
		void parameterThatIsNotKnownIsABadRequest(String check) throws Exception {
			node().follow();
			assertThat(statuses(check)).containsOnly(400);
			assertThat(send("GET", check).body()).contains("takes no '");
			assertThat(send("OPTIONS", check).body()).contains("takes no '");
		}

		@Test
		void requestThatIsNotUnderstoodDoesNothing() throws Exception {
			HttpResponse<String> response = LeaderEndpointApplication.CLIENT
				.send(HttpRequest.newBuilder(URI.create(LeaderEndpointApplication.url(this.context) + this.path))
					.header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"switchover\",\"traget\":\"b\"}"))
					.build(), HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(400);
			assertThat(response.body()).contains("'traget'");
			assertThat(this.context.getBean(RecordingOperations.class).calls()).isEmpty();
		}

		@Test
		void answerIsAStatusAlone() throws Exception {
			node().follow();
			for (String check : List.of("/primary", "/replica")) {
				for (String method : List.of("GET", "HEAD", "OPTIONS")) {
					HttpResponse<String> response = send(method, check);
					assertThat(response.body()).isEmpty();
					assertThat(response.headers().map()).doesNotContainKeys("etag", "last-modified", "expires", "age",
							"cache-control");
				}
			}
		}

		@Test
		void otherMethodsAreNotAllowed() throws Exception {
			assertThat(send("POST", "/primary").statusCode()).isEqualTo(405);
			assertThat(send("DELETE", "/replica").statusCode()).isEqualTo(405);
		}

		@Test
		void optionsElsewhereAreAnsweredAsEver() throws Exception {
			assertThat(send("OPTIONS", "").statusCode()).isEqualTo(200);
			assertThat(send("OPTIONS", "/cluster").statusCode()).isEqualTo(200);
			assertThat(send("GET", "/cluster").statusCode()).isEqualTo(200);
			assertThat(send("GET", "/primary/deputy").statusCode()).isEqualTo(404);
		}

		private LeaderEndpointApplication.Node node() {
			return this.context.getBean(LeaderEndpointApplication.Node.class);
		}

		private List<Integer> statuses(String check) throws Exception {
			List<Integer> statuses = new ArrayList<>();
			for (String method : Arrays.asList("GET", "HEAD", "OPTIONS")) {
				statuses.add(send(method, check).statusCode());
			}
			return statuses;
		}

		private HttpResponse<String> send(String method, String check) throws Exception {
			return LeaderEndpointApplication.CLIENT.send(
					HttpRequest.newBuilder(URI.create(LeaderEndpointApplication.url(this.context) + this.path + check))
						.method(method, HttpRequest.BodyPublishers.noBody())
						.build(),
					HttpResponse.BodyHandlers.ofString());
		}

	}

}
