package io.hacluster.operation;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStanding;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.LeadershipRequest.Kind;
import io.hacluster.member.LeadershipRequest.State;
import io.hacluster.member.StateStore;
import io.hacluster.member.Stored;
import io.hacluster.member.TestRecords;
import io.hacluster.member.local.LocalStateStore;
import io.hacluster.operation.OperationResult.Outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Handover}, {@link RequestSlot} and {@link RequestWatch}, in a cluster
 * that nobody leads, on a clock that only the test turns.
 */
class HandoverTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("test", Nodes.id("a"), "nonce-a");

	private static final Duration MINUTE = Duration.ofMinutes(1);

	@TempDir
	Path directory;

	private final Nodes nodes = new Nodes().with(Nodes.member("a")).with(Nodes.member("b"));

	private final Leadership leadership = mock(Leadership.class);

	private final AtomicLong now = new AtomicLong();

	private final Bell bell = new Bell();

	private Progress progress = new Progress(10L, 10L, Duration.ZERO);

	private long epoch = 5;

	private Lease.State state = Lease.State.RELEASED;

	private long freeFrom;

	private volatile Leadership.Leader leader;

	private StateStore store;

	private ControlRecords records;

	private RequestWatch watch;

	@BeforeEach
	void open() {
		this.store = new LocalStateStore(IDENTITY, this.directory);
		this.records = new ControlRecords(this.store, IDENTITY);
		this.watch = new RequestWatch(IDENTITY, this.records, this.now::get);
		given(this.leadership.leader()).willAnswer((call) -> Optional.ofNullable(this.leader));
		given(this.leadership.epoch()).willReturn(Epoch.NONE);
	}

	@AfterEach
	void close() {
		this.store.close();
	}

	@Test
	void requestThatNobodyFinishesIsTakenBackWhileNobodyLeads() {
		OperationResult result = handover(this.records).ask(request("1", "b", 5, State.ACCEPTED), Duration.ZERO, "");
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.FAILED);
		assertThat(stored().state()).isEqualTo(State.FAILED);
	}

	@Test
	void requestThatALaterTermHasBegunForIsNotTakenBack() {
		this.epoch = 6;
		OperationResult result = handover(this.records).ask(request("1", "b", 5, State.ACCEPTED), Duration.ZERO, "");
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.UNKNOWN);
		assertThat(stored().state()).isEqualTo(State.ACCEPTED);
	}

	@Test
	void requestThatFailsIsToldWithoutWaiting() {
		CompletableFuture<OperationResult> asked = ask(request("1", "b", 5, State.ACCEPTED));
		answer(State.FAILED);
		OperationResult result = asked.orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
		assertThat(result.message()).contains("b does not lead: because");
	}

	@Test
	void requestThatIsDoneIsToldAsSoonAsTheLeaseIsKnown() {
		CompletableFuture<OperationResult> asked = ask(request("1", "b", 5, State.ACCEPTED));
		this.leader = new Leadership.Leader(Nodes.id("b"), new Epoch(6), Instant.EPOCH);
		answer(State.DONE, "");
		OperationResult result = asked.orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
		assertThat(result.epoch()).isEqualTo(6);
	}

	@Test
	void requestThatTheLeaderHasNotAnsweredIsTakenBackWhenItsLeaseHasRunOut() {
		this.state = Lease.State.HELD;
		this.freeFrom = this.now.get() + 1;
		CompletableFuture<OperationResult> asked = ask(request("1", "b", 5, State.REQUESTED));
		await().during(Duration.ofSeconds(1)).until(() -> !asked.isDone() && stored().isOpen());
		this.now.incrementAndGet();
		OperationResult result = asked.orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.NOT_CONFIRMED);
		assertThat(result.message()).contains("The leader has not answered", "after transaction 10 may be lost",
				"taken back", "nothing has been changed");
		assertThat(stored().state()).isEqualTo(State.FAILED);
	}

	@Test
	void requestThatTheLeaderHasAnsweredIsNotTakenBackBeforeTheTimeIsUp() {
		this.state = Lease.State.HELD;
		this.freeFrom = this.now.get() + 1;
		CompletableFuture<OperationResult> asked = ask(request("1", "b", 5, State.REQUESTED));
		answer(State.ACCEPTED);
		this.now.incrementAndGet();
		await().during(Duration.ofSeconds(1)).until(() -> !asked.isDone() && stored().isOpen());
		this.now.addAndGet(MINUTE.toNanos());
		asked.orTimeout(60, TimeUnit.SECONDS).join();
	}

	@Test
	void requestIsNotTakenBackWhereDataLossIsAcceptedOrNothingCanBeLost() {
		this.state = Lease.State.HELD;
		CompletableFuture<OperationResult> accepting = ask(accepting(request("1", "b", 5, State.REQUESTED)));
		await().during(Duration.ofSeconds(1)).until(() -> !accepting.isDone() && stored().isOpen());
		answer(State.FAILED);
		accepting.orTimeout(60, TimeUnit.SECONDS).join();
		this.progress = Progress.of(null);
		CompletableFuture<OperationResult> harmless = ask(request("2", "b", 5, State.REQUESTED));
		await().during(Duration.ofSeconds(1)).until(() -> !harmless.isDone() && stored().isOpen());
		this.now.addAndGet(MINUTE.toNanos());
		harmless.orTimeout(60, TimeUnit.SECONDS).join();
	}

	@Test
	void leaderThatHasNotBeenHandedOverToIsASuccessOnlyWhereDataLossIsAccepted() {
		this.leader = new Leadership.Leader(Nodes.id("b"), new Epoch(6), Instant.EPOCH);
		CompletableFuture<OperationResult> asked = ask(request("1", "b", 5, State.ACCEPTED));
		answer(State.DONE);
		OperationResult lost = asked.orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(lost.outcome()).as(lost.message()).isEqualTo(Outcome.FAILED);
		assertThat(lost.message()).startsWith("b leads in epoch 6, ").endsWith("because");
		CompletableFuture<OperationResult> accepting = ask(accepting(request("2", "b", 5, State.ACCEPTED)));
		answer(State.DONE);
		OperationResult meant = accepting.orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(meant.outcome()).as(meant.message()).isEqualTo(Outcome.DONE);
		assertThat(meant.message()).startsWith("b leads in epoch 6, ").endsWith("because");
	}

	@Test
	void leaderThatHasNotSaidHowItHasComeToLeadIsWaitedFor() {
		this.nodes.with(Nodes.leading(Nodes.member("b"), 6));
		CompletableFuture<OperationResult> asked = ask(request("1", "b", 5, State.ACCEPTED));
		await().during(Duration.ofSeconds(1)).until(() -> !asked.isDone());
		this.now.addAndGet(MINUTE.toNanos());
		OperationResult result = asked.orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.UNKNOWN);
		assertThat(result.message()).contains("b leads in epoch 6");
	}

	@Test
	void whoeverWaitsIsToldThatTheNodeIsBeingStopped() {
		CompletableFuture<OperationResult> asked = ask(request("1", "b", 5, State.ACCEPTED));
		this.bell.close();
		OperationResult result = asked.orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(result.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(result.message()).contains("this node is being stopped");
	}

	@Test
	void requestWhileTheStoreIsAwayIsRefusedAndNothingIsChanged() {
		StateStore away = mock(StateStore.class);
		given(away.read(any())).willThrow(new StoreUnavailableException("away", null));
		OperationResult result = handover(new ControlRecords(away, IDENTITY)).ask(request("1", "b", 5, State.REQUESTED),
				MINUTE, "");
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.REFUSED);
		assertThat(result.message()).contains("nothing has been changed");
	}

	@Test
	void failoverTakesThePlaceOfARequestForANodeThatIsGone() {
		this.records.submit(request("1", "b", 5, State.ACCEPTED));
		RequestSlot slot = new RequestSlot(this.records);
		assertThat(refusal(slot)).contains("under way");
		this.nodes.with(Nodes.member("b"), false);
		assertThat(refusal(slot)).isEmpty();
		assertThat(stored().id()).isEqualTo("2");
	}

	@Test
	void failoverTakesThePlaceOfARequestAboutATermThatHasNotBeen() {
		this.records.submit(request("1", "b", 1_000_000, State.REQUESTED));
		assertThat(refusal(new RequestSlot(this.records))).isEmpty();
		assertThat(stored().id()).isEqualTo("2");
	}

	@Test
	void requestThatNobodyFinishesIsPutAwayByWhoeverHasSeenItForLong() {
		this.records.submit(request("1", "b", 5, State.ACCEPTED));
		TestRecords.see(this.records, this.store);
		this.watch.putAwayStale();
		this.now.addAndGet(RequestWatch.VALIDITY.toNanos() - 1);
		this.watch.putAwayStale();
		assertThat(stored().state()).isEqualTo(State.ACCEPTED);
		this.now.incrementAndGet();
		this.watch.putAwayStale();
		assertThat(stored().state()).isEqualTo(State.FAILED);
	}

	private Handover handover(ControlRecords asked) {
		Outcomes outcomes = new Outcomes(this.leadership);
		Withdrawal withdrawal = new Withdrawal(IDENTITY, this.watch, asked, outcomes, this.leadership,
				() -> Optional.of(new LeaseStanding(
						new Lease(Nodes.id("a"), "nonce-a", new Epoch(this.epoch), this.state, "", MINUTE),
						this.freeFrom)),
				this.nodes::view, () -> this.progress, this.now::get);
		return new Handover(IDENTITY, asked, withdrawal, outcomes, this.leadership, this.nodes::view, this.bell,
				this.now::get);
	}

	private CompletableFuture<OperationResult> ask(LeadershipRequest request) {
		CompletableFuture<OperationResult> asked = CompletableFuture
			.supplyAsync(() -> handover(this.records).ask(request, MINUTE, ""));
		await().atMost(MINUTE)
			.until(() -> this.records.request().filter((it) -> it.value().id().equals(request.id())).isPresent());
		return asked;
	}

	private void answer(State state) {
		answer(state, "because");
	}

	private void answer(State state, String message) {
		Stored<LeadershipRequest> open = this.records.request().orElseThrow();
		this.records.replace(open, open.value().in(state, message));
		TestRecords.see(this.records, this.store);
	}

	private String refusal(RequestSlot slot) {
		try {
			slot.submit(request("2", "a", 5, State.ACCEPTED), this.nodes.view());
			return "";
		}
		catch (RuntimeException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	private LeadershipRequest stored() {
		return this.records.request().orElseThrow().value();
	}

	private static LeadershipRequest accepting(LeadershipRequest request) {
		return new LeadershipRequest(request.id(), request.kind(), request.fromEpoch(), request.target(), true,
				request.requestedBy(), request.at(), request.state(), request.message());
	}

	private static LeadershipRequest request(String id, String target, long fromEpoch, State state) {
		return new LeadershipRequest(id, Kind.FAILOVER, fromEpoch, Nodes.id(target), false, Nodes.id("a"),
				Instant.EPOCH, state, "");
	}

}
