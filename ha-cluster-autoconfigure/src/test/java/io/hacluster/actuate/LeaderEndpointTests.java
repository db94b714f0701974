package io.hacluster.actuate;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import io.hacluster.member.TestMembers;
import io.hacluster.operation.OperationResult;
import io.hacluster.operation.RecordingOperations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint as operators see it, over HTTP.
 */
class LeaderEndpointTests {

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		context = LeaderEndpointApplication.run(WebApplicationType.SERVLET,
				"--management.endpoint.leader.access=unrestricted");
	}

	@AfterAll
	static void close() {
		context.close();
	}

	@AfterEach
	void reset() {
		operations().answer(OperationResult.Outcome.DONE);
		operations().calls().clear();
	}

	@Test
	void getDescribesNodeAndLeader() throws Exception {
		HttpResponse<String> response = get("");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("\"cluster\":\"test\"", "\"nodeId\":\"a\"", "\"role\":\"LEADER\"",
				"\"epoch\":7", "\"leader\":{\"nodeId\":\"a\",\"since\":\"2030-01-01T00:00:00Z\"}", "\"position\":42",
				"\"lag\":1.5", "\"state\":\"LEADER\"", "\"paused\":false", "\"address\":\"http://a:8080\"",
				"\"labels\":{\"zone\":\"a\"}", "\"priority\":100", "\"version\":\"1.0\"");
	}

	@Test
	void getClusterDescribesTheMembers() throws Exception {
		HttpResponse<String> response = get("/cluster");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).startsWith("{\"cluster\":\"test\",\"leader\":\"a\",\"epoch\":7,")
			.contains("\"current\":true",
					"{\"nodeId\":\"b\",\"alive\":true,\"lastSeen\":0.25,\"leader\":false,"
							+ "\"role\":\"FOLLOWER\",\"state\":\"FOLLOWER\",\"epoch\":7,\"position\":42,\"lag\":1.5,"
							+ "\"backend\":\"STOPPED\",\"address\":\"http://b:8080\",\"labels\":{\"zone\":\"b\"},"
							+ "\"priority\":100,\"eligible\":true,",
					"\"nodeId\":\"c\",\"alive\":false,\"lastSeen\":90.0", "\"failure\":\"The disk is full\"");
	}

	@Test
	void getClusterWhenPausedSaysSinceWhenAndWhy() throws Exception {
		context.getBean(TestMembers.class).pause("Work on the network");
		assertThat(get("/cluster").body()).contains(
				"\"pause\":{\"reason\":\"Work on the network\",\"by\":\"b\"," + "\"since\":\"2030-01-01T00:00:00Z\"}");
		assertThat(get("").body()).contains("\"paused\":true");
		context.getBean(TestMembers.class).resume();
	}

	@Test
	void getHistoryDescribesTheTermsAndTheirSteps() throws Exception {
		HttpResponse<String> response = get("/history");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).startsWith("{\"cluster\":\"test\",\"terms\":[{\"epoch\":7,\"leader\":\"a\",")
			.contains("\"promotion\":[{\"name\":\"START_BACKEND\",\"outcome\":\"DONE\",\"duration\":1.2}]",
					"\"from\":\"2030-01-01T00:00:00Z\",\"to\":\"2030-01-01T00:00:59.500Z\",\"duration\":59.5,"
							+ "\"reason\":\"It was asked to step down\"");
	}

	@Test
	void getOfAnUnknownViewIsNotFound() throws Exception {
		assertThat(get("/kings").statusCode()).isEqualTo(404);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			{"action":"step-down"}|step-down
			{"action":"switchover"}|switchover null PT1M
			{"action":"switchover","target":"b","timeout":"30s"}|switchover b PT30S
			{"action":"failover","target":"b"}|failover b false PT1M
			{"action":"failover","target":"b","acceptDataLoss":true,"timeout":"1500ms"}|failover b true PT1.5S
			{"action":"pause"}|pause
			{"action":"pause","reason":"Work"}|pause Work
			{"action":"resume"}|resume
			{"action":"snapshot"}|snapshot
			""")
	void postDoesWhatItSays(String body, String call) throws Exception {
		HttpResponse<String> response = post(body);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body())
			.startsWith("{\"outcome\":\"DONE\",\"message\":\"It is DONE\",\"leader\":\"b\",\"epoch\":8,");
		assertThat(operations().calls()).hasSize(1).first().asString().isEqualToIgnoringWhitespace(call);
	}

	@ParameterizedTest
	@CsvSource({ "DONE,200", "ACCEPTED,202", "REFUSED,409", "NOT_CONFIRMED,412", "FAILED,500", "UNKNOWN,504" })
	void postAnswersWithTheStatusOfItsOutcome(OperationResult.Outcome outcome, int status) throws Exception {
		operations().answer(outcome);
		HttpResponse<String> response = post("{\"action\":\"switchover\"}");
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).contains("\"outcome\":\"" + outcome + "\"", "It is " + outcome);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			{}|The action is missing
			{"action":""}|The action is missing
			{"action":"abdicate"}|There is no action 'abdicate'
			{"action":"STEP_DOWN"}|There is no action 'STEP_DOWN'
			{"action":"failover"}|'failover' needs a 'target'
			{"action":"failover","target":"b","acceptDataLoss":"perhaps"}|'acceptDataLoss' must be true or false
			{"action":"switchover","target":"../b"}|'target' must be the id of a node
			{"action":"switchover","timeout":"30"}|'timeout' must be a time with its unit
			{"action":"switchover","timeout":"-30s"}|'timeout' must be a time with its unit
			{"action":"switchover","timeout":"0s"}|'timeout' must be more than nothing
			{"action":"switchover","timeout":"1h"}|at most 10m
			{"action":"resume","reason":"x"}|'resume' takes no 'reason'
			{"action":"step-down","target":"b"}|'step-down' takes no 'target'
			{"action":"switchover","traget":"b"}|There is no parameter 'traget'
			{"action":"switchover","Target":"b"}|There is no parameter 'Target'
			{"action":"switchover","target":null}|'target' must not be null
			{"action":"failover","target":"b","acceptDataLoss":null}|'acceptDataLoss' must not be null
			{"action":"pause","reason":"a\\nb"}|'reason' must be one line
			""")
	void postOfWhatCannotBeUnderstoodIsABadRequestAndDoesNothing(String body, String message) throws Exception {
		HttpResponse<String> response = post(body);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("\"outcome\":\"INVALID\"", message,
				"\"actions\":[\"step-down\"," + "\"switchover\",\"failover\",\"pause\",\"resume\",\"snapshot\"]");
		assertThat(operations().calls()).isEmpty();
	}

	@Test
	void postWithAnUnknownQueryParameterIsABadRequestAndDoesNothing() throws Exception {
		HttpResponse<String> response = send(
				LeaderEndpointApplication.url(context) + "/actuator/leader?action=switchover&traget=b",
				HttpRequest.newBuilder()
					.header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers.ofString("{}")));
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("'traget'");
		assertThat(operations().calls()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"action\":\"switchover\",\"target\":[\"a\",\"b\"]}", "{\"action\":{\"resume\":true}}",
			"{\"action\":", "[]" })
	void postOfWhatIsNoFlatObjectIsABadRequest(String body) throws Exception {
		assertThat(post(body).statusCode()).isEqualTo(400);
		assertThat(operations().calls()).isEmpty();
	}

	@Test
	void postWhenAccessIsNotGrantedIsRefused() throws Exception {
		try (ConfigurableApplicationContext readOnly = LeaderEndpointApplication.run(WebApplicationType.SERVLET)) {
			String url = LeaderEndpointApplication.url(readOnly) + "/actuator/leader";
			assertThat(send(url, HttpRequest.newBuilder()).statusCode()).isEqualTo(200);
			assertThat(send(url,
					HttpRequest.newBuilder()
						.header("Content-Type", "application/json")
						.POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"step-down\"}")))
				.statusCode()).isEqualTo(405);
			assertThat(readOnly.getBean(RecordingOperations.class).calls()).isEmpty();
		}
	}

	private static RecordingOperations operations() {
		return context.getBean(RecordingOperations.class);
	}

	private static HttpResponse<String> get(String view) throws Exception {
		return send(LeaderEndpointApplication.url(context) + "/actuator/leader" + view, HttpRequest.newBuilder());
	}

	private static HttpResponse<String> post(String body) throws Exception {
		return send(LeaderEndpointApplication.url(context) + "/actuator/leader",
				HttpRequest.newBuilder()
					.header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private static HttpResponse<String> send(String url, HttpRequest.Builder request) throws Exception {
		return LeaderEndpointApplication.CLIENT.send(request.uri(URI.create(url)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

}
