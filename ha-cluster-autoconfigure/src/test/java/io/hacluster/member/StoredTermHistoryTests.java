package io.hacluster.member;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StoredTermHistory}.
 */
class StoredTermHistoryTests {

	private static final Instant FROM = MemberFixtures.AT;

	private static final List<StepTime> PROMOTION = List.of(new StepTime("win-election", "DONE", Duration.ZERO),
			new StepTime("start-backend", "SKIPPED", Duration.ofNanos(1_234_000)));

	private static final List<StepTime> STEP_DOWN = List
		.of(new StepTime("stop-backend", "TIMED_OUT", Duration.ofSeconds(30)));

	private final MemoryStateStore store = new MemoryStateStore();

	private final StoredTermHistory a = new StoredTermHistory(MemberFixtures.identity("node-a"));

	private final StoredTermHistory b = new StoredTermHistory(MemberFixtures.identity("node-b"));

	private List<PastTerm> stored() {
		StoredTermHistory reader = new StoredTermHistory(MemberFixtures.identity("reader"));
		reader.listed(this.store.list("term."));
		return reader.terms();
	}

	@Test
	void termIsWrittenFromItsBeginningToItsEnd() {
		this.a.began(7, FROM);
		this.a.write(this.store);
		assertThat(stored())
			.containsExactly(new PastTerm(7, new NodeId("node-a"), FROM, null, null, List.of(), List.of()));
		this.a.promoted(7, FROM.plusMillis(1), PROMOTION);
		this.a.write(this.store);
		this.a.ended(7, FROM.plusSeconds(60), "asked to step down", STEP_DOWN);
		this.a.write(this.store);
		assertThat(stored()).containsExactly(new PastTerm(7, new NodeId("node-a"), FROM, FROM.plusSeconds(60),
				"asked to step down", PROMOTION, STEP_DOWN));
		assertThat(this.a.terms()).isEqualTo(stored());
		assertThat(this.a.hasPending()).isFalse();
	}

	@Test
	void termOfWhichTheStoreWasAwayIsWrittenLater() {
		this.store.away(true);
		this.a.began(7, FROM);
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> this.a.write(this.store));
		this.a.promoted(7, FROM, PROMOTION);
		assertThat(this.a.terms()).hasSize(1);
		this.store.away(false);
		this.a.write(this.store);
		assertThat(stored()).isEqualTo(this.a.terms()).first().extracting(PastTerm::promotion).isEqualTo(PROMOTION);
	}

	@Test
	void leaderThatReturnsKnowsBestHowItsTermEnded() {
		this.a.began(7, FROM);
		this.a.write(this.store);
		this.b.listed(this.store.list("term."));
		this.b.began(8, FROM.plusSeconds(20));
		this.b.complete(8, List.of());
		this.b.write(this.store);
		assertThat(stored().get(1).reason()).isEqualTo(StoredTermHistory.NOT_IN_ORDER);
		this.a.ended(7, FROM.plusSeconds(12), "the lease was lost", STEP_DOWN);
		this.a.write(this.store);
		this.a.write(this.store);
		assertThat(stored().get(1).reason()).isEqualTo("the lease was lost");
		assertThat(stored().get(1).to()).isEqualTo(FROM.plusSeconds(12));
	}

	@Test
	void completionGivesWayToAnEndThatWasWrittenMeanwhile() {
		this.a.began(7, FROM);
		this.a.write(this.store);
		this.b.listed(this.store.list("term."));
		this.a.ended(7, FROM.plusSeconds(12), "asked to step down", STEP_DOWN);
		this.a.write(this.store);
		this.b.began(8, FROM.plusSeconds(20));
		this.b.complete(8, List.of());
		this.b.write(this.store);
		this.b.write(this.store);
		assertThat(this.b.hasPending()).isFalse();
		assertThat(stored().get(1).reason()).isEqualTo("asked to step down");
		assertThat(this.b.terms()).isEqualTo(stored());
	}

	@Test
	void termOfALeaderThatWasFrozenEndsWhereTheNextBegins() {
		this.a.began(7, FROM);
		this.a.write(this.store);
		this.b.began(8, FROM.plusSeconds(20));
		this.b.write(this.store);
		this.a.ended(7, FROM.plusSeconds(32), "the lease was lost", STEP_DOWN);
		this.a.write(this.store);
		assertThat(stored()).last()
			.isEqualTo(new PastTerm(7, new NodeId("node-a"), FROM, FROM.plusSeconds(20), "the lease was lost",
					List.of(), STEP_DOWN));
	}

	@Test
	void termEndsNotBeforeItBeginsWhateverTheClocksSay() {
		this.a.began(7, FROM);
		this.a.ended(7, FROM.plusSeconds(5), "asked to step down", STEP_DOWN);
		this.a.write(this.store);
		this.b.began(8, FROM.minusSeconds(3));
		this.b.write(this.store);
		assertThat(stored()).last().extracting(PastTerm::to).isEqualTo(FROM);
	}

	@Test
	void leaderThatDiedLongBeforeTheNextTermIsSaidToHaveBeenHeardLast() {
		complete(ClusterRole.LEADER, 7, FROM.plusSeconds(3600));
		assertThat(stored().get(1).to()).isEqualTo(MemberFixtures.AT.plus(MemberFixtures.LEASE));
		assertThat(stored().get(1).reason()).isEqualTo(StoredTermHistory.LAST_HEARD);
	}

	@Test
	void whatALeaderSaidJustBeforeTheNextTermDoesNotReachIntoThat() {
		complete(ClusterRole.LEADER, 7, FROM.plusSeconds(9));
		assertThat(stored().get(1).to()).isEqualTo(FROM.plusSeconds(9));
		assertThat(stored().get(1).reason()).isEqualTo(StoredTermHistory.NOT_IN_ORDER);
	}

	@Test
	void whatADeadLeaderSaidInItsNextLifeSaysNothingOfItsTerm() {
		complete(ClusterRole.FOLLOWER, 7, FROM.plusSeconds(3600));
		assertThat(stored().get(1).to()).isEqualTo(FROM.plusSeconds(3600));
		assertThat(stored().get(1).reason()).isEqualTo(StoredTermHistory.NOT_IN_ORDER);
	}

	private void complete(ClusterRole role, long epoch, Instant next) {
		this.a.began(7, FROM);
		this.a.write(this.store);
		this.b.listed(this.store.list("term."));
		this.b.began(8, next);
		this.b.complete(8, List.of(MemberFixtures.member("node-c", ClusterRole.LEADER, "LEADER", 7),
				MemberFixtures.member("node-a", role, role.name(), epoch)));
		this.b.write(this.store);
	}

	@Test
	void damagedTermsAreLeftOut() {
		this.a.began(7, FROM);
		this.a.write(this.store);
		this.store.put("term.8", "{\"v\":1}".getBytes());
		this.store.put("term.9", TermCodec.encode(this.a.terms().get(0)));
		this.store.put("term.x", new byte[0]);
		assertThat(stored()).hasSize(1);
	}

}
