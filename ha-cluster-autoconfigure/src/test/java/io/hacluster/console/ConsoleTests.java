package io.hacluster.console;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;
import io.hacluster.operation.OperationResult;
import io.hacluster.operation.OperationResult.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the server side of the page answers.
 */
class ConsoleTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private static FakeNode shared;

	private FakeNode node = shared;

	@BeforeAll
	static void start() {
		shared = FakeNode.start(ConsoleAccess.UNRESTRICTED);
	}

	@AfterAll
	static void close() {
		shared.close();
	}

	@BeforeEach
	void reset() {
		this.node.cluster().reset();
		this.node.cluster()
			.show(null, FakeCluster.alive(FakeCluster.member("a", ClusterRole.LEADER, 7L, Duration.ofMillis(250))));
	}

	@AfterEach
	void closeOther() {
		if (this.node != shared) {
			this.node.close();
		}
	}

	@Test
	void pageIsServedWithStrictHeaders() {
		HttpResponse<String> page = get("/ha");
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
		assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
			.contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
			.doesNotContain("unsafe");
		assertThat(page.headers().map()).containsEntry("X-Frame-Options", List.of("DENY"))
			.containsEntry("X-Content-Type-Options", List.of("nosniff"))
			.containsEntry("Referrer-Policy", List.of("no-referrer"))
			.containsEntry("Cache-Control", List.of("no-store"));
		assertThat(page.body()).doesNotContain("<style", "onclick", "style=", "http://", "https://")
			.doesNotContainPattern("<script[^>]*>[^<]");
	}

	@Test
	void everyFileThatThePageRefersToIsServed() {
		List<String> names = List.of("console.css", "console.js", "dom.js", "format.js", "chart.js", "views.js",
				"actions.js", "connection.js", "icon.svg");
		assertThat(names).allSatisfy((name) -> assertThat(get("/ha/" + name).statusCode()).isEqualTo(200));
		assertThat(get("/ha/console.js").headers().firstValue("Content-Type"))
			.contains("text/javascript;charset=UTF-8");
	}

	@Test
	void pathWithSlashLeadsToThePage() {
		HttpResponse<String> response = get("/ha/");
		assertThat(response.statusCode()).isEqualTo(302);
		assertThat(this.node.url("/ha/").resolve(response.headers().firstValue("Location").orElseThrow()))
			.isEqualTo(this.node.url("/ha"));
	}

	@Test
	void whatIsNotNamedIsNotServed() {
		assertThat(List.of("/ha/other.js", "/ha/index.htm", "/ha/..%2Findex.html", "/ha/%2e%2e/console.js",
				"/ha/actions/other", "/ha/META-INF/MANIFEST.MF", "/ha//etc/passwd"))
			.allSatisfy((path) -> assertThat(get(path).statusCode()).isBetween(400, 404));
	}

	@Test
	void pageWorksBelowAContextPath() {
		this.node = FakeNode.start(ConsoleAccess.READ_ONLY, "--server.servlet.context-path=/app");
		assertThat(get("/app/ha").statusCode()).isEqualTo(200);
		assertThat(get("/app/ha/state").body()).contains("\"cluster\":\"orders\"");
	}

	@Test
	void stateTellsWhatThePageShows() {
		Member named = FakeCluster.member("a", ClusterRole.LEADER, 7L, Duration.ofMillis(250));
		this.node.cluster()
			.show(new ClusterView.Pause("a \"quoted\" </script> reason", new NodeId("c"), Instant.ofEpochMilli(42)),
					FakeCluster.alive(named));
		assertThat(get("/ha/state").body()).contains("\"node\":\"b\"", "\"writable\":true", "\"leader\":\"a\"",
				"\"lag\":0.25", "\"position\":7", "\"reason\":\"a \\\"quoted\\\"", "\"since\":42", "\"link\":\"http:");
	}

	@Test
	void addressesBecomeLinksOnlyIfABrowserMayFollowThem() {
		for (String address : List.of("javascript:alert(1)", "http://user:secret@a:80", "10.0.0.1:80", "", "http://",
				"file:///etc/passwd", "http://a b")) {
			this.node.cluster().show(null, FakeCluster.alive(withAddress(address)));
			assertThat(get("/ha/state").body()).as(address).contains("\"link\":null").doesNotContain("secret");
		}
	}

	@Test
	void readOnlyAccessRefusesActions() {
		this.node = FakeNode.start(ConsoleAccess.READ_ONLY);
		assertThat(get("/ha/state").body()).contains("\"writable\":false");
		HttpResponse<String> response = post("/ha/actions/pause", "reason=x", "X-HA-Console", "1");
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(response.body()).contains("management.endpoint.leader.access");
		assertThat(this.node.cluster().calls()).isEmpty();
	}

	@Test
	void noAccessRefusesEverything() {
		this.node = FakeNode.start(ConsoleAccess.NONE);
		assertThat(List.of("/ha", "/ha/state", "/ha/stream", "/ha/console.js"))
			.allSatisfy((path) -> assertThat(get(path).statusCode()).isEqualTo(403));
		assertThat(post("/ha/actions/pause", "", "X-HA-Console", "1").statusCode()).isEqualTo(403);
	}

	@Test
	void actionsAreRefusedToOtherSites() {
		assertThat(post("/ha/actions/pause", "reason=x").statusCode()).isEqualTo(403);
		assertThat(post("/ha/actions/pause", "", "X-HA-Console", "1", "Sec-Fetch-Site", "cross-site").statusCode())
			.isEqualTo(403);
		assertThat(get("/ha/actions/pause").statusCode()).isEqualTo(405);
		assertThat(post("/ha", "").statusCode()).isEqualTo(405);
		assertThat(this.node.cluster().calls()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://evil.example:80", "http://127.0.0.2", "null", "http://", "no origin" })
	void actionsAreRefusedToOtherOrigins(String origin) {
		assertThat(post("/ha/actions/resume", "", "X-HA-Console", "1", "Origin", origin).statusCode()).isEqualTo(403);
		assertThat(this.node.cluster().calls()).isEmpty();
	}

	@Test
	void actionsAreAcceptedFromTheSameOrigin() {
		for (String port : List.of("", ":" + this.node.port(), ":8443")) {
			assertThat(post("/ha/actions/resume", "", "X-HA-Console", "1", "Origin", "https://127.0.0.1" + port)
				.statusCode()).isEqualTo(200);
		}
		// A proxy may have given the application another name
		assertThat(post("/ha/actions/resume", "", "X-HA-Console", "1", "Origin", "https://ha.example", "Sec-Fetch-Site",
				"same-origin")
			.statusCode()).isEqualTo(200);
	}

	@Test
	void actionsCallTheOperations() {
		assertThat(post("/ha/actions/switchover", "target=c", "X-HA-Console", "1").body())
			.contains("\"outcome\":\"DONE\"", "\"leader\":\"b\"", "\"epoch\":13");
		post("/ha/actions/switchover", "target=", "X-HA-Console", "1");
		post("/ha/actions/pause", "reason=a+new+disk", "X-HA-Console", "1", "Sec-Fetch-Site", "same-origin");
		post("/ha/actions/resume", "", "X-HA-Console", "1");
		assertThat(this.node.cluster().calls()).containsExactly("switchover c", "switchover null", "pause a new disk",
				"resume");
	}

	@Test
	void outcomesHaveTheirStatus() {
		Map<Outcome, Integer> statuses = Map.of(Outcome.DONE, 200, Outcome.ACCEPTED, 202, Outcome.UNKNOWN, 504,
				Outcome.REFUSED, 409, Outcome.NOT_CONFIRMED, 412, Outcome.FAILED, 500);
		statuses.forEach((outcome, status) -> {
			this.node.cluster().answer(new OperationResult(outcome, "because", null, 0));
			HttpResponse<String> response = post("/ha/actions/resume", "", "X-HA-Console", "1");
			assertThat(response.statusCode()).as(outcome.name()).isEqualTo(status);
			assertThat(response.body()).contains("\"message\":\"because\"", "\"leader\":null");
		});
	}

	@Test
	void wrongParametersAreRefused() {
		assertThat(post("/ha/actions/switchover", "target=..%2F..", "X-HA-Console", "1").statusCode()).isEqualTo(400);
		assertThat(post("/ha/actions/pause", "reason=" + "x".repeat(201), "X-HA-Console", "1").statusCode())
			.isEqualTo(400);
		assertThat(post("/ha/actions/pause", "reason=a%0D%0Ab", "X-HA-Console", "1").body()).contains("\"INVALID\"",
				"one line");
		assertThat(post("/ha/actions/resume", "target=c", "X-HA-Console", "1").statusCode()).isEqualTo(400);
		assertThat(this.node.cluster().calls()).isEmpty();
	}

	@Test
	void secondActionIsRefusedWhileOneIsUnderWay() {
		CountDownLatch gate = new CountDownLatch(1);
		this.node.cluster().gate(gate);
		CompletableFuture<HttpResponse<String>> first = CompletableFuture
			.supplyAsync(() -> post("/ha/actions/switchover", "", "X-HA-Console", "1"));
		try {
			Awaitility.await().until(() -> !this.node.cluster().calls().isEmpty());
			assertThat(post("/ha/actions/resume", "", "X-HA-Console", "1").statusCode()).isEqualTo(409);
		}
		finally {
			gate.countDown();
		}
		assertThat(first.join().statusCode()).isEqualTo(200);
	}

	@Test
	void streamTellsEachChangeAndEachStepAsItHappens() throws Exception {
		try (EventStream stream = new EventStream(this.node.url("/ha/stream"))) {
			Awaitility.await().until(() -> has(stream, "\"leader\":\"a\""));
			this.node.cluster()
				.show(null, FakeCluster.alive(FakeCluster.member("c", ClusterRole.LEADER, 8L, Duration.ZERO)));
			Awaitility.await().until(() -> has(stream, "\"leader\":\"c\""));
			Epoch epoch = new Epoch(13);
			this.node.board()
				.transitionStarted(TransitionReport.Kind.PROMOTION, epoch, TransitionCause.ELECTED, "elected");
			this.node.board().stepStarted(TransitionReport.Kind.PROMOTION, epoch, "start-backend");
			Awaitility.await().until(() -> has(stream, "\"step\":\"start-backend\""));
			this.node.board()
				.stepFinished(TransitionReport.Kind.PROMOTION, epoch, new StepReport("start-backend",
						StepReport.Outcome.TIMED_OUT, Duration.ofMillis(1234), "still not healthy"));
			Awaitility.await().until(() -> has(stream, "\"ms\":1234") && has(stream, "still not healthy"));
		}
	}

	@Test
	void streamTellsTheLagAndThatItIsAlive() throws Exception {
		try (EventStream stream = new EventStream(this.node.url("/ha/stream"))) {
			Awaitility.await().until(() -> stream.lines().stream().filter("event: lag"::equals).count() > 1);
			assertThat(has(stream, "\"lag\":{\"a\":0.25}")).isTrue();
		}
	}

	@Test
	void pageThatIsGoneMakesRoom() throws Exception {
		List<EventStream> streams = new ArrayList<>();
		try {
			for (int i = 0; i < ConsoleStreams.LIMIT; i++) {
				EventStream stream = new EventStream(this.node.url("/ha/stream"));
				streams.add(stream);
				assertThat(stream.status()).isEqualTo(200);
			}
			assertThat(get("/ha/stream").statusCode()).isEqualTo(503);
			assertThat(get("/ha/state").statusCode()).isEqualTo(200);
			streams.remove(0).close();
			Awaitility.await().untilAsserted(() -> {
				EventStream next = new EventStream(this.node.url("/ha/stream"));
				streams.add(next);
				assertThat(next.status()).isEqualTo(200);
			});
		}
		finally {
			for (EventStream stream : streams) {
				stream.close();
			}
		}
	}

	@Test
	void openPageDoesNotDelayTheEndOfTheApplication() throws Exception {
		// Graceful shutdown would wait for a request for an hour
		this.node = FakeNode.start(ConsoleAccess.READ_ONLY, "--spring.lifecycle.timeout-per-shutdown-phase=1h");
		FakeCluster cluster = this.node.cluster();
		try (EventStream stream = new EventStream(this.node.url("/ha/stream"))) {
			Awaitility.await().until(() -> has(stream, "\"node\":\"b\""));
			assertThat(cluster.subscriptions()).isOne();
			CompletableFuture.runAsync(this.node::close).get(60, TimeUnit.SECONDS);
			Awaitility.await().until(() -> stream.ended() && has(stream, "event: bye"));
		}
		assertThat(cluster.subscriptions()).isZero();
	}

	private static boolean has(EventStream stream, String text) {
		return stream.lines().stream().anyMatch((line) -> line.contains(text));
	}

	private static Member withAddress(String address) {
		Member member = FakeCluster.member("a", ClusterRole.LEADER, 7L, null);
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), member.position(), member.lag(), member.backend(), address, member.labels(),
				member.priority(), member.eligible(), member.failure(), member.leaseDuration(), member.at());
	}

	private HttpResponse<String> get(String path) {
		return send(HttpRequest.newBuilder(url(path)));
	}

	private HttpResponse<String> post(String path, String form, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(url(path))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString(form));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return send(request);
	}

	private URI url(String path) {
		return this.node.url(path);
	}

	private HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

}
