package io.hacluster.member;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.TermHistory.PastTerm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemberDuty}, with {@link MemberTable} and {@link Publication}.
 */
class MemberDutyTests {

	private static final Duration HEARTBEAT = Duration.ofSeconds(3);

	private final MemoryStateStore store = new MemoryStateStore();

	private final ManualTicker ticker = new ManualTicker();

	private final Node a = new Node("node-a");

	private final Node b = new Node("node-b");

	@BeforeEach
	void setUp() {
		this.a.step();
		this.b.step();
		this.store.takeWrites();
	}

	@Test
	void nodesSeeOneAnotherOnceTheyHaveBeenHeard() {
		// Found at first, and perhaps as old as the hills
		assertThat(this.b.seen("node-a").alive()).isFalse();
		assertThat(this.b.seen("node-b").alive()).isTrue();
		this.ticker.advance(HEARTBEAT);
		this.a.step();
		this.b.step();
		this.a.step("member.node-b");
		assertThat(this.a.seen("node-b").alive()).isTrue();
		assertThat(this.a.seen("node-b").member()).isEqualTo(MemberFixtures.member("node-b"));
		assertThat(this.b.seen("node-a").alive()).isTrue();
		assertThat(this.b.duty.view().current()).isTrue();
	}

	@Test
	void nodeThatSaysNothingMoreIsGoneWithinTwoLeases() {
		hear();
		Duration silent = Duration.ZERO;
		while (this.b.seen("node-a").alive()) {
			this.ticker.advance(Duration.ofMillis(100));
			silent = silent.plusMillis(100);
			this.b.step();
		}
		assertThat(silent).isBetween(MemberFixtures.LEASE, MemberFixtures.LEASE.multipliedBy(2));
		assertThat(this.b.seen("node-a").age()).isEqualTo(silent);
		this.a.step();
		this.b.step("member.node-a");
		assertThat(this.b.seen("node-a").alive()).isTrue();
	}

	@Test
	void nodeThatLeavesIsGoneAtOnce() {
		hear();
		this.a.duty.leave();
		assertThat(this.a.seen("node-a").alive()).isFalse();
		assertThat(this.a.duty.view().current()).isFalse();
		this.b.step("member.node-a");
		assertThat(this.b.seen("node-a").alive()).isFalse();
		assertThat(this.b.seen("node-a").member().state()).isEqualTo(Member.STOPPED);
		assertThat(this.b.seen("node-a").member().eligible()).isFalse();
	}

	@Test
	void nodeThatHasNothingNewPublishesAtEachHeartbeatAlone() {
		assertThat(writesOfA(Duration.ofSeconds(30), (now) -> {
		})).isBetween(9, 11);
	}

	@Test
	void nodeWhosePositionMovesPublishesAboutOnceASecond() {
		assertThat(writesOfA(Duration.ofSeconds(30),
				(now) -> this.a.member = MemberFixtures.at(this.a.member, now.toMillis())))
			.isBetween(25, 35);
	}

	@Test
	void nodeThatChangesItsStatePublishesAtOnce() {
		this.ticker.advance(Duration.ofMillis(200));
		this.a.member = MemberFixtures.member("node-a", ClusterRole.LEADER, "LEADER", 2);
		this.a.step();
		assertThat(this.store.takeWrites()).containsExactly("member.node-a");
		this.a.member = MemberFixtures.member("node-a");
		assertThat(this.a.step()).isLessThanOrEqualTo(Publication.LEAST_GAP.toNanos());
		assertThat(this.store.takeWrites()).isEmpty();
		this.ticker.advance(Publication.LEAST_GAP);
		this.a.step();
		assertThat(this.store.takeWrites()).containsExactly("member.node-a");
	}

	private int writesOfA(Duration duration, Consumer<Duration> change) {
		for (Duration now = Duration.ZERO; now.compareTo(duration) < 0; now = now.plusMillis(50)) {
			this.ticker.advance(Duration.ofMillis(50));
			change.accept(now);
			this.a.step();
		}
		return this.store.takeWrites().size();
	}

	@Test
	void nodeThatIsKeptFromLeadingByAnotherThingPublishesAtOnce() {
		this.ticker.advance(Duration.ofMillis(200));
		this.a.member = MemberFixtures.keptBy(this.a.member, "it cools");
		this.a.step();
		this.store.takeWrites();
		this.ticker.advance(Publication.LEAST_GAP);
		this.a.member = MemberFixtures.keptBy(this.a.member, "it has no replica yet");
		this.a.step();
		assertThat(this.store.takeWrites()).containsExactly("member.node-a");
	}

	@Test
	void storeThatIsAwayIsShownAndTriedAgainWithoutHaste() {
		hear();
		this.store.away(true);
		int steps = 0;
		for (Duration waited = Duration.ZERO; waited.compareTo(Duration.ofSeconds(30)) < 0;) {
			Duration pause = Duration.ofNanos(this.b.step());
			this.ticker.advance(pause);
			waited = waited.plus(pause);
			steps++;
		}
		assertThat(steps).isLessThan(200);
		assertThat(this.b.duty.view().current()).isFalse();
		assertThat(this.b.seen("node-a").alive()).isFalse();
		assertThat(this.b.seen("node-b").alive()).isTrue();
		this.store.away(false);
		this.ticker.advance(Duration.ofSeconds(4));
		this.a.step();
		this.b.step();
		assertThat(this.b.duty.view().current()).isTrue();
		assertThat(this.b.seen("node-a").alive()).isTrue();
		assertThat(this.store.takeWrites()).contains("member.node-b");
	}

	@Test
	void recordThatSomebodyRemovedIsMadeAgain() {
		this.store.remove("member.node-a");
		this.ticker.advance(HEARTBEAT);
		this.a.step();
		assertThat(this.store.read("member.node-a")).isPresent();
	}

	@Test
	void damagedRecordIsLeftOutAndBreaksNothing() {
		hear();
		this.store.put("member.node-a", "rubbish".getBytes(StandardCharsets.UTF_8));
		this.store.put("member.-x", MemberCodec.encode(MemberFixtures.member("node-x")));
		this.store.put("member.node-y", MemberCodec.encode(MemberFixtures.member("node-z")));
		this.store.put("member.node-c", MemberCodec.encode(MemberFixtures.member("node-c")));
		this.b.step("");
		assertThat(this.b.duty.view().members()).extracting((seen) -> seen.member().nodeId().value())
			.containsExactly("node-b", "node-c");
	}

	@Test
	void floodOfRecordsIsCutOff() {
		for (int i = 0; i < 200; i++) {
			this.store.put("member.m" + i, MemberCodec.encode(MemberFixtures.member("m" + i)));
		}
		this.b.step("");
		assertThat(this.b.duty.view().members()).hasSizeLessThanOrEqualTo(MemberTable.MAX_MEMBERS + 1);
		assertThat(this.b.duty.view().member(new NodeId("node-b"))).isPresent();
	}

	@Test
	void leaderRemovesMembersThatHaveBeenSilentForADay() {
		hear();
		this.ticker.advance(MemberDuty.FORGET.plusSeconds(1));
		for (int i = 0; i < 20; i++) {
			this.b.step("");
		}
		assertThat(this.store.read("member.node-a")).as("a follower removes nothing").isPresent();
		this.b.member = MemberFixtures.member("node-b", ClusterRole.LEADER, "LEADER", 2);
		this.b.step("");
		assertThat(this.store.read("member.node-a")).isEmpty();
		assertThat(this.store.read("member.node-b")).isPresent();
		this.b.step("");
		assertThat(this.b.duty.view().members()).hasSize(1);
	}

	@Test
	void pauseThatIsHintedAtIsShown() {
		Pause pause = new Pause("why not", new NodeId("node-a"), MemberFixtures.AT);
		this.a.control.pause(pause);
		this.b.step("pause");
		assertThat(this.b.duty.view().pause()).isEqualTo(pause);
		this.a.control.resume();
		this.b.step("pause");
		assertThat(this.b.duty.view().pause()).isNull();
	}

	@Test
	void termsOfOneNodeAreReadByTheOther() {
		this.a.history.began(7, MemberFixtures.AT);
		this.a.step();
		this.b.step("term.7");
		assertThat(this.b.history.terms()).extracting(PastTerm::epoch).containsExactly(7L);
	}

	@Test
	void termThatADeadLeaderLeftOpenIsCompletedByTheNext() {
		this.a.history.began(7, MemberFixtures.AT);
		this.a.step();
		this.b.member = MemberFixtures.member("node-b", ClusterRole.LEADER, "LEADER", 8);
		this.b.history.began(8, MemberFixtures.AT.plusSeconds(20));
		this.b.step("");
		assertThat(this.b.history.terms().get(1).to()).as("its end may still be on its way").isNull();
		this.ticker.advance(MemberFixtures.LEASE);
		this.b.step("");
		this.b.step("");
		this.a.step("");
		PastTerm completed = this.a.history.terms().get(1);
		assertThat(completed.epoch()).isEqualTo(7);
		assertThat(completed.leader()).isEqualTo(new NodeId("node-a"));
		assertThat(completed.to()).isEqualTo(MemberFixtures.AT.plusSeconds(20));
		assertThat(completed.reason()).contains("did not end in order");
		assertThat(this.a.history.terms().get(0).to()).isNull();
	}

	@Test
	void termOfARunningLeaderIsWrittenAgainIntoAnEmptiedBucket() {
		this.a.history.began(7, MemberFixtures.AT);
		this.a.member = MemberFixtures.member("node-a", ClusterRole.LEADER, "LEADER", 7);
		this.a.step();
		this.store.remove("term.7");
		this.a.step("");
		assertThat(this.store.list("term.")).hasSize(1);
		this.a.history.ended(7, MemberFixtures.AT.plusSeconds(1), "asked to step down", List.of());
		this.a.step();
		this.store.remove("term.7");
		this.a.step("");
		assertThat(this.store.list("term.")).as("what has ended is gone").isEmpty();
	}

	@Test
	void leaderThatDiedInAPauseIsSaidToHaveBeenHeardLast() {
		this.a.history.began(7, MemberFixtures.AT);
		this.a.member = MemberFixtures.member("node-a", ClusterRole.LEADER, "LEADER", 7);
		this.ticker.advance(HEARTBEAT);
		this.a.step();
		this.b.member = MemberFixtures.member("node-b", ClusterRole.LEADER, "LEADER", 8);
		this.b.history.began(8, MemberFixtures.AT.plusSeconds(3600));
		this.b.step("");
		this.ticker.advance(MemberFixtures.LEASE);
		this.b.step("");
		assertThat(this.b.history.terms().get(1).to()).isEqualTo(MemberFixtures.AT.plus(MemberFixtures.LEASE));
	}

	@Test
	void leaderKeepsFiftyTerms() {
		for (int epoch = 1; epoch <= 60; epoch++) {
			this.a.history.began(epoch, MemberFixtures.AT);
		}
		this.a.member = MemberFixtures.member("node-a", ClusterRole.LEADER, "LEADER", 60);
		this.a.step();
		this.a.step("");
		assertThat(this.store.list("term.")).hasSize(StoredTermHistory.MAX_TERMS);
		assertThat(this.a.history.terms()).hasSize(StoredTermHistory.MAX_TERMS)
			.first()
			.extracting(PastTerm::epoch)
			.isEqualTo(60L);
	}

	private void hear() {
		this.ticker.advance(HEARTBEAT);
		this.a.step();
		this.b.step();
		assertThat(this.b.seen("node-a").alive()).isTrue();
		this.store.takeWrites();
	}

	private final class Node {

		private Member member;

		private final ControlRecords control;

		private final StoredTermHistory history;

		private final MemberDuty duty;

		Node(String name) {
			this.member = MemberFixtures.member(name);
			this.control = new ControlRecords(MemberDutyTests.this.store, MemberFixtures.identity(name));
			this.history = new StoredTermHistory(MemberFixtures.identity(name));
			this.duty = new MemberDuty(MemberFixtures.identity(name), MemberDutyTests.this.store, () -> this.member,
					HEARTBEAT, this.control, this.history, MemberDutyTests.this.ticker, new Random(1));
		}

		long step(String... changed) {
			return this.duty.step(Set.of(changed));
		}

		Seen seen(String node) {
			return this.duty.view().member(new NodeId(node)).orElseThrow();
		}

	}

}
