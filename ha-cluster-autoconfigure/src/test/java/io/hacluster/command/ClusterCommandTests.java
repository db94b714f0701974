package io.hacluster.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.local.LocalLeaseStore;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.Member;
import io.hacluster.member.StateStore;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;
import io.hacluster.member.TestRecords;
import io.hacluster.member.local.LocalStateStore;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.ltx.LtxName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the commands that show and move the cluster, with records as nodes write
 * them. Node a leads, b follows.
 */
class ClusterCommandTests {

	private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	private final List<LeadershipRequest> requests = new CopyOnWriteArrayList<>();

	@TempDir
	Path directory;

	private TestLog log;

	private LeaseStore leases;

	private StateStore state;

	private TestRecords records;

	private @Nullable Thread nodes;

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		this.log.append(LtxName.batch(1), TIME, this.log.source().capture());
		Path shared = Files.createDirectory(this.directory.resolve("shared"));
		this.leases = new LocalLeaseStore(TestLog.identity("command"), shared);
		this.state = new LocalStateStore(TestLog.identity("command"), shared);
		this.records = new TestRecords(this.state, TestLog.identity("nodes"));
		this.leases.create("leader", new Lease(new NodeId("a"), "nonce", new Epoch(7), Lease.State.HELD,
				"http://a:8080", Duration.ofSeconds(1)));
	}

	@AfterEach
	void tearDown() throws Exception {
		if (this.nodes != null) {
			this.nodes.interrupt();
			this.nodes.join();
		}
		this.state.close();
		this.leases.close();
		this.log.close();
	}

	@Test
	void statusShowsTheMembersAsATable() {
		run(true, (request) -> request);
		this.records.write(member("c", ClusterRole.FOLLOWER, Member.STOPPED, null));
		assertThat(run("status")).isZero();
		assertThat(out().lines().map((line) -> line.replaceAll(" +", " "))).contains("Cluster test",
				"Leader a, epoch 7", "NODE ROLE STATE ALIVE EPOCH POSITION LAG BACKEND PRIORITY ADDRESS LABELS",
				"a LEADER LEADER yes 7 1 0.0 s UP 100 http://a:8080 zone=x",
				"b FOLLOWER FOLLOWER yes 7 1 0.0 s UP 100 http://b:8080 zone=x",
				"c FOLLOWER STOPPED has left 7 1 0.0 s UP 100 http://c:8080 zone=x");
		assertThat(out()).contains("Log     transaction 1, 1 files, ", "level 0: 1 files");
	}

	@Test
	void statusOfANodeThatIsSilentSaysSoAndWhatWentWrong() {
		this.records.write(member("a", ClusterRole.LEADER, "LEADER", "The disk\u001b[2J is full"));
		assertThat(run("status")).isZero();
		assertThat(out()).contains("Leader  none seen; a held epoch 7 and has said nothing")
			.containsPattern("a +LEADER +LEADER +no ")
			.contains("a last failed: The disk")
			.doesNotContain("\u001b");
	}

	@Test
	void statusAsJsonIsWhatTheEndpointSaysAndTheLog() {
		run(true, (request) -> request);
		assertThat(run("status", "--json")).isZero();
		assertThat(out())
			.startsWith("{\"cluster\":\"test\",\"leader\":\"a\",\"epoch\":7,\"pause\":null,\"current\":true,"
					+ "\"members\":[{\"nodeId\":\"a\",\"alive\":true,")
			.contains("\"log\":{\"position\":1,\"files\":1,");
	}

	@Test
	void statusAsJsonOfALeaderThatIsSilentNamesNone() {
		this.records.write(member("a", ClusterRole.LEADER, "LEADER", null));
		assertThat(run("status", "--json")).isZero();
		assertThat(out()).startsWith("{\"cluster\":\"test\",\"leader\":null,\"epoch\":7,")
			.contains("{\"nodeId\":\"a\",\"alive\":false,")
			.contains("\"leader\":false");
	}

	@Test
	void pauseAndResumeChangeTheStatus() {
		assertThat(run("pause", "--reason=Work on the network")).isZero();
		assertThat(out()).startsWith("The cluster has been paused since 2030-01-01T00:00:00Z by command");
		assertThat(run("status")).isZero();
		assertThat(out()).startsWith("Cluster test, paused since 2030-01-01T00:00:00Z by command: Work on the network");
		assertThat(run("resume")).isZero();
		assertThat(out()).startsWith("The cluster acts by itself again");
		assertThat(run("resume")).isZero();
		assertThat(out()).startsWith("The cluster was not paused");
		assertThat(run("status")).isZero();
		assertThat(out()).doesNotContain("paused");
	}

	@Test
	void switchoverWaitsForTheNewLeader() {
		run(true, (request) -> request.in((request.state() == LeadershipRequest.State.REQUESTED)
				? LeadershipRequest.State.ACCEPTED : LeadershipRequest.State.DONE, ""));
		assertThat(run("switchover", "--wait")).isZero();
		assertThat(out()).startsWith("b leads, ");
		assertThat(this.requests).first().satisfies((request) -> {
			assertThat(request.kind()).isEqualTo(LeadershipRequest.Kind.SWITCHOVER);
			assertThat(request.target()).isEqualTo(new NodeId("b"));
			assertThat(request.fromEpoch()).isEqualTo(7);
			assertThat(request.acceptDataLoss()).isFalse();
		});
	}

	@Test
	void switchoverWithoutWaitingEndsWhenTheLeaderBegins() {
		run(true, (request) -> request.in(LeadershipRequest.State.ACCEPTED, "So be it"));
		assertThat(run("switchover", "--to=b")).isZero();
		assertThat(out()).startsWith("The leader hands over to b");
	}

	@Test
	void switchoverThatTheLeaderRefusesFails() {
		run(true, (request) -> request.in(LeadershipRequest.State.REFUSED, "b is too far behind"));
		assertThat(run("switchover", "--to=b", "--wait=60s")).isEqualTo(1);
		assertThat(err()).isEqualToIgnoringNewLines("The leader has refused: b is too far behind");
	}

	@Test
	void switchoverThatEndsOtherwiseFails() {
		run(true, (request) -> request.in(LeadershipRequest.State.FAILED, "a leads again"));
		assertThat(run("switchover", "--wait=60s")).isEqualTo(1);
		assertThat(err()).contains("b does not lead: a leads again");
	}

	@Test
	void switchoverThatNobodyTakesUpIsTakenBack() {
		run(true, (request) -> request);
		assertThat(run("switchover", "--wait=300ms")).isEqualTo(1);
		assertThat(err()).contains("The leader has not answered within 0.3 s", "taken back");
		assertThat(this.records.answer((request) -> request)).isFalse();
	}

	@Test
	void switchoverThatDoesNotEndIsUnknown() {
		run(true, (request) -> request.in(LeadershipRequest.State.ACCEPTED, "So be it"));
		assertThat(run("switchover", "--wait=2s")).isEqualTo(1);
		assertThat(err()).contains("Status unknown", "no new leader has been seen within 2.0 s");
	}

	@Test
	void switchoverWithoutACandidateSaysWhyNobodyQualifies() {
		run(false, (request) -> request);
		assertThat(run("switchover")).isEqualTo(1);
		assertThat(err()).startsWith("No node qualifies: there is no other node");
		assertThat(run("switchover", "--to=a")).isEqualTo(1);
		assertThat(err()).startsWith("Not possible: a leads already");
		assertThat(run("switchover", "--to=z")).isEqualTo(1);
		assertThat(err()).startsWith("Not possible: there is no node z");
		assertThat(this.requests).isEmpty();
	}

	@Test
	void switchoverOfALeaderThatIsSilentIsRefused() {
		assertThat(run("switchover")).isEqualTo(1);
		assertThat(err()).contains("a, says nothing");
	}

	@Test
	void failoverThatMayLoseDataNeedsConsent() throws Exception {
		this.records.write(member("a", ClusterRole.LEADER, "LEADER", null));
		heartbeat(List.of(member("b", ClusterRole.FOLLOWER, "FOLLOWER", null)),
				(request) -> request.in(LeadershipRequest.State.DONE, "a has not handed over"));
		assertThat(run("failover", "--to=b")).isEqualTo(1);
		assertThat(err()).contains("may be lost", "Nothing has been changed", "--accept-data-loss");
		assertThat(this.requests).isEmpty();
		assertThat(run("failover", "--to=b", "--accept-data-loss")).isZero();
		assertThat(out()).startsWith("b leads, ").contains("asked for. a has not handed over");
		assertThat(this.requests).first().satisfies((request) -> {
			assertThat(request.kind()).isEqualTo(LeadershipRequest.Kind.FAILOVER);
			assertThat(request.acceptDataLoss()).isTrue();
		});
	}

	@Test
	void failoverThatMayHaveLostDataWithoutConsentIsNoSuccess() {
		run(true, (request) -> request.in(LeadershipRequest.State.DONE, "a has not handed over"));
		assertThat(run("failover", "--to=b")).isEqualTo(1);
		assertThat(err()).startsWith("b leads, ").contains("asked for. a has not handed over");
	}

	@Test
	void failoverThatTheLeaderDoesNotAnswerIsTakenBackAndSaysHowToGoOn() {
		run(true, (request) -> request);
		assertThat(run("failover", "--to=b", "--wait=300ms")).isEqualTo(1);
		assertThat(err()).contains("taken back", "nothing has been changed; say that data loss is accepted");
		assertThat(this.records.answer((request) -> request)).isFalse();
	}

	@Test
	void historyShowsTheTermsNewestFirst() {
		this.records.write(new PastTerm(3, new NodeId("b"), TIME, TIME.plusSeconds(60), "It was asked to step down",
				List.of(new StepTime("START_BACKEND", "DONE", Duration.ofMillis(1200))),
				List.of(new StepTime("STOP_BACKEND", "TIMED_OUT", Duration.ofMillis(300)))));
		this.records.write(new PastTerm(7, new NodeId("a"), TIME.plusSeconds(61), null, null, List.of(), List.of()));
		assertThat(run("history")).isZero();
		assertThat(out().lines().map((line) -> line.replaceAll(" +", " "))).containsExactly(
				"EPOCH LEADER FROM TO PROMOTION STEP-DOWN ENDED BECAUSE", "7 a 2026-03-01T12:01:01Z - - - -",
				"3 b 2026-03-01T12:00:00Z 2026-03-01T12:01:00Z 1.2 s 0.3 s (STOP_BACKEND TIMED_OUT) "
						+ "It was asked to step down");
		assertThat(run("history", "--json")).isZero();
		assertThat(out()).startsWith("{\"cluster\":\"test\",\"terms\":[{\"epoch\":7,");
	}

	@Test
	void stepDownAsksTheEndpointOfTheLeader() throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			boolean stepDown = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
				.equals("{\"action\":\"step-down\"}");
			byte[] answer = "{\"outcome\":\"X\",\"message\":\"This node steps down\"}".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(
					stepDown ? (exchange.getRequestURI().getPath().endsWith("leader") ? 202 : 409) : 400,
					answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		});
		server.start();
		try {
			String url = "--url=http://127.0.0.1:" + server.getAddress().getPort();
			assertThat(run("step-down", url + "/leader")).isZero();
			assertThat(out()).isEqualToIgnoringNewLines("This node steps down");
			assertThat(run("step-down", url + "/other")).isEqualTo(1);
			assertThat(err()).contains("The leader did not do 'step-down'", "/other says: This node steps down");
		}
		finally {
			server.stop(0);
		}
	}

	private static Member member(String node, ClusterRole role, String state, @Nullable String failure) {
		return new Member(new NodeId(node), "nonce", "1.0", role, state, 7, 1L, Duration.ZERO, "UP",
				"http://" + node + ":8080", Map.of("zone", "x"), 100, true, failure, Duration.ofSeconds(2), TIME);
	}

	private void run(boolean follower, UnaryOperator<LeadershipRequest> answer) {
		Member leader = member("a", ClusterRole.LEADER, "LEADER", null);
		heartbeat(follower ? List.of(leader, member("b", ClusterRole.FOLLOWER, "FOLLOWER", null)) : List.of(leader),
				answer);
	}

	/**
	 * Lets nodes live.
	 */
	private void heartbeat(List<Member> members, UnaryOperator<LeadershipRequest> answer) {
		members.forEach(this.records::write);
		this.nodes = new Thread(() -> {
			try {
				while (true) {
					members.forEach(this.records::write);
					this.records.answer((request) -> {
						this.requests.add(request);
						return answer.apply(request);
					});
					TimeUnit.MILLISECONDS.sleep(50);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "test-nodes");
		this.nodes.start();
	}

	private int run(String... arguments) {
		this.out.reset();
		this.err.reset();
		return new CommandLine((properties) -> new TestEnvironment(this.directory, this.log, this.leases, this.state),
				new Terminal(new PrintStream(this.out, true, StandardCharsets.UTF_8),
						new PrintStream(this.err, true, StandardCharsets.UTF_8), false))
			.run(arguments);
	}

	private String out() {
		return this.out.toString(StandardCharsets.UTF_8);
	}

	private String err() {
		return this.err.toString(StandardCharsets.UTF_8);
	}

}
