package io.hacluster.operation.nats;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.service.Discovery;
import io.nats.service.InfoResponse;
import io.nats.service.PingResponse;
import io.nats.service.StatsResponse;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.member.TestMembers;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.OperationResult;
import io.hacluster.operation.RecordingOperations;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OperationService} on a server with users that may do no more than the
 * documentation says they must: the node, an operator, and somebody who may only look.
 */
class OperationServiceTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String USERS = """
			authorization {
			  users: [
			    { user: node, password: n, permissions: {
			        subscribe: ["ha.service-tests.node%2E1.*", "$SRV.>"]
			        allow_responses: { max: 1, expires: "11m" } } }
			    { user: operator, password: o, permissions: {
			        subscribe: ["_INBOX.>"]
			        publish: ["ha.service-tests.*.*", "$SRV.>"] } }
			    { user: viewer, password: v, permissions: {
			        subscribe: ["_INBOX.>"]
			        publish: ["ha.service-tests.*.status", "ha.service-tests.*.ping", "$SRV.>"] } }
			    { user: stranger, password: s, permissions: {
			        subscribe: ["_INBOX.>"]
			        publish: ["elsewhere.>"] } }
			  ]
			}
			""";

	private static NatsServer server;

	private static Connection operator;

	private final RecordingOperations operations = new RecordingOperations();

	private @Nullable OperationService service;

	@BeforeAll
	static void start(@TempDir Path directory) {
		server = NatsServer.start(directory, USERS);
		operator = connect("operator", "o");
	}

	@AfterAll
	static void stop() throws Exception {
		operator.close();
		server.close();
	}

	@AfterEach
	void close() {
		if (this.service != null) {
			this.service.close();
		}
	}

	@Test
	void serviceIsDiscoveredWithItsClusterAndNode() {
		open(true, this.operations);
		Discovery discovery = new Discovery(operator, 1000, 1);
		PingResponse ping = Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> discovery.ping("ha-service-tests"), (found) -> !found.isEmpty())
			.get(0);
		assertThat(ping.getVersion()).isEqualTo("1.2.3");
		assertThat(ping.getMetadata()).containsEntry("cluster", "service-tests")
			.containsEntry("node", "node.1")
			.containsEntry("access", "unrestricted");
		InfoResponse info = discovery.info("ha-service-tests").get(0);
		assertThat(info.getEndpoints()).extracting("subject")
			.contains("ha.service-tests.node%2E1.ping", "ha.service-tests.node%2E1.status",
					"ha.service-tests.node%2E1.step-down", "ha.service-tests.node%2E1.switchover",
					"ha.service-tests.node%2E1.failover", "ha.service-tests.node%2E1.pause",
					"ha.service-tests.node%2E1.resume", "ha.service-tests.node%2E1.snapshot");
		assertThat(request("ping", "").getHeaders()).isNull();
		List<StatsResponse> stats = discovery.stats("ha-service-tests");
		assertThat(stats.get(0).getEndpointStatsList()).anySatisfy((endpoint) -> {
			assertThat(endpoint.getName()).isEqualTo("ping");
			assertThat(endpoint.getNumRequests()).isPositive();
		});
	}

	@Test
	void pingDescribesTheNodeAndStatusTheCluster() {
		open(false, this.operations);
		assertThat(text(request("ping", ""))).isEqualTo("{\"cluster\":\"service-tests\",\"nodeId\":\"node.1\","
				+ "\"role\":\"FOLLOWER\",\"state\":\"FOLLOWER\",\"epoch\":7,\"leader\":\"a\"}");
		assertThat(text(request("status", "whatever")))
			.startsWith("{\"cluster\":\"test\",\"leader\":\"a\",\"epoch\":7,")
			.contains("\"nodeId\":\"b\",\"alive\":true");
	}

	@Test
	void serviceThatIsForLookingHasNothingElse() {
		open(false, this.operations);
		request("ping", "");
		assertThat(ask("step-down", "")).isNull();
		assertThat(this.operations.calls()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			step-down||step-down
			switchover|{}|switchover null PT1M
			switchover|{"target":"b","timeout":"5s"}|switchover b PT5S
			failover|{"target":"b","acceptDataLoss":true}|failover b true PT1M
			pause|{"reason":"Work"}|pause Work
			resume|{}|resume
			snapshot|{}|snapshot
			""")
	void verbDoesWhatItSays(String verb, String body, String call) {
		open(true, this.operations);
		Message answer = request(verb, (body != null) ? body : "");
		assertThat(text(answer))
			.isEqualTo("{\"outcome\":\"DONE\",\"message\":\"It is DONE\",\"leader\":\"b\",\"epoch\":8}");
		assertThat(answer.getHeaders()).isNull();
		assertThat(this.operations.calls()).containsExactly(call);
	}

	@ParameterizedTest
	@CsvSource({ "REFUSED,409", "NOT_CONFIRMED,412", "FAILED,500", "UNKNOWN,504" })
	void whatIsNotDoneIsAnErrorOfTheService(OperationResult.Outcome outcome, String code) {
		open(true, this.operations);
		this.operations.answer(outcome);
		Message answer = request("switchover", "");
		assertThat(answer.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo(code);
		assertThat(answer.getHeaders().getFirst("Nats-Service-Error")).isEqualTo("It is " + outcome);
		assertThat(text(answer)).contains("\"outcome\":\"" + outcome + "\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			switchover|no JSON|empty or one JSON object
			switchover|[1]|empty or one JSON object
			switchover|{"target":"b"|empty or one JSON object
			switchover|{"target":{"a":"b"}}|Parameters are texts
			switchover|{"traget":"b"}|takes no 'traget'
			switchover|{"target":"../b"}|must be the id of a node
			failover|{}|needs a 'target'
			pause|{"reason":"a\\nb"}|one line
			""")
	void whatCannotBeUnderstoodIsRefusedAndDoesNothing(String verb, String body, String message) {
		open(true, this.operations);
		Message answer = request(verb, body);
		assertThat(answer.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("400");
		assertThat(text(answer)).contains("\"outcome\":\"INVALID\"", message);
		assertThat(this.operations.calls()).isEmpty();
	}

	@Test
	void requestThatIsTooLargeIsRefused() {
		open(true, this.operations);
		for (String filler : List.of(" ", "[", "{\"a\":")) {
			Message answer = request("pause", filler.repeat(ServiceRequest.MAX_BYTES + 1));
			assertThat(answer.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("400");
		}
		assertThat(text(request("pause", "[".repeat(ServiceRequest.MAX_BYTES)))).contains("INVALID");
		assertThat(this.operations.calls()).isEmpty();
	}

	@Test
	void whileOneActionIsUnderWayOthersAreRefusedAndQuestionsAnswered() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		open(true, new WaitingOperations(entered, goOn));
		CompletableFuture<Message> first = operator.request("ha.service-tests.node%2E1.switchover", new byte[0]);
		assertThat(entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(text(request("status", ""))).contains("\"cluster\":\"test\"");
		assertThat(request("resume", "").getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("429");
		goOn.countDown();
		assertThat(text(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))).contains("\"outcome\":\"DONE\"");
	}

	@Test
	void userWhoMayOnlyLookCannotAct() throws Exception {
		open(true, this.operations);
		try (Connection viewer = connect("viewer", "v")) {
			assertThat(viewer.request("ha.service-tests.node%2E1.status", new byte[0], PATIENCE)).isNotNull();
			viewer.publish("ha.service-tests.node%2E1.pause", new byte[0]);
			viewer.flush(PATIENCE);
			assertThat(viewer.getLastError()).containsIgnoringCase("permissions violation");
		}
		try (Connection stranger = connect("stranger", "s")) {
			stranger.publish("ha.service-tests.node%2E1.status", new byte[0]);
			stranger.flush(PATIENCE);
			assertThat(stranger.getLastError()).containsIgnoringCase("permissions violation");
		}
		assertThat(this.operations.calls()).isEmpty();
	}

	@Test
	void closeEndsTheServiceAndItsConnection() {
		OperationService opened = open(true, this.operations);
		request("ping", "");
		opened.close();
		opened.close();
		assertThat(ask("ping", "")).isNull();
		awaitNoThreads();
	}

	@Test
	void serviceWhoseServerIsAwayIsClosedAtOnce() {
		OperationService away = new OperationService(identity(),
				() -> new Options.Builder().server("nats://127.0.0.1:1").connectionTimeout(Duration.ofSeconds(1)), true,
				"1.2.3", new Follower(), () -> "FOLLOWER", new TestMembers(), this.operations);
		away.start();
		away.close();
		awaitNoThreads();
	}

	@Test
	void serviceThatDoesNotStartLeavesNoConnectionOpen() {
		Set<Connection> opened = ConcurrentHashMap.newKeySet();
		OperationService failing = new OperationService(identity(),
				() -> server.options()
					.userInfo("node".toCharArray(), "n".toCharArray())
					.connectionListener((connection, event) -> opened.add(connection)),
				true, "no version", new Follower(), () -> "FOLLOWER", new TestMembers(), this.operations);
		failing.start();
		Awaitility.await().atMost(PATIENCE).until(() -> opened.size() > 1);
		failing.close();
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(
					() -> assertThat(opened).extracting(Connection::getStatus).containsOnly(Connection.Status.CLOSED));
		awaitNoThreads();
	}

	/**
	 * Other tests in this JVM have services of other clusters.
	 */
	private static void awaitNoThreads() {
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("ha-service-") && name.endsWith(identity().cluster())));
	}

	private OperationService open(boolean writable, ClusterOperations done) {
		OperationService opened = new OperationService(identity(),
				() -> server.options().userInfo("node".toCharArray(), "n".toCharArray()), writable, "1.2.3",
				new Follower(), () -> "FOLLOWER", new TestMembers(), done);
		this.service = opened;
		opened.start();
		awaitService();
		return opened;
	}

	private static void awaitService() {
		Awaitility.await().atMost(PATIENCE).until(() -> ask("ping", "") != null);
	}

	private static NodeIdentity identity() {
		return new NodeIdentity("service-tests", new NodeId("node.1"), "nonce");
	}

	private static Connection connect(String user, String password) {
		try {
			return Nats.connect(server.options().userInfo(user.toCharArray(), password.toCharArray()).build());
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static Message request(String verb, String body) {
		Message answer = ask(verb, body);
		assertThat(answer).isNotNull();
		return answer;
	}

	/** Returns null at once if nobody listens there. */
	private static @Nullable Message ask(String verb, String body) {
		try {
			return operator.request("ha.service-tests.node%2E1." + verb, body.getBytes(StandardCharsets.UTF_8),
					PATIENCE);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static String text(Message message) {
		return new String(message.getData(), StandardCharsets.UTF_8);
	}

	private static final class Follower implements Leadership {

		@Override
		public NodeId nodeId() {
			return new NodeId("node.1");
		}

		@Override
		public boolean isLeader() {
			return false;
		}

		@Override
		public ClusterRole role() {
			return ClusterRole.FOLLOWER;
		}

		@Override
		public Epoch epoch() {
			return new Epoch(7);
		}

		@Override
		public Optional<Leader> leader() {
			return Optional.of(new Leader(new NodeId("a"), epoch(), Instant.EPOCH));
		}

		@Override
		public boolean stepDown() {
			return false;
		}

	}

	private record WaitingOperations(CountDownLatch entered, CountDownLatch goOn) implements ClusterOperations {

		@Override
		public OperationResult switchover(@Nullable NodeId target, Duration timeout) {
			this.entered.countDown();
			try {
				assertThat(this.goOn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return RecordingOperations.result(OperationResult.Outcome.DONE);
		}

		@Override
		public OperationResult stepDown() {
			throw new UnsupportedOperationException();
		}

		@Override
		public OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout) {
			throw new UnsupportedOperationException();
		}

		@Override
		public OperationResult pause(String reason) {
			throw new UnsupportedOperationException();
		}

		@Override
		public OperationResult resume() {
			throw new UnsupportedOperationException();
		}

		@Override
		public OperationResult snapshot() {
			throw new UnsupportedOperationException();
		}

	}

}
