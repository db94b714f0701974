package io.hacluster.operation;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.election.Lease;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DataLoss}: {@code a} has led in epoch 7, and the log ends at 10.
 */
class DataLossTests {

	private static final Progress PROGRESS = new Progress(8L, 10L, Duration.ofSeconds(1));

	@Test
	void leaderThatHasNotHandedOverMayHaveHadMore() {
		Nodes nodes = new Nodes().with(Nodes.behind(Nodes.member("a"), 10, Duration.ofMillis(250)), false);
		assertThat(loss(nodes, Lease.State.HELD)).contains("a has led until now, in epoch 7",
				"after transaction 10 may be lost", "has said nothing for 42.0 s", "waiting to be shipped for 0.2 s");
		assertThat(loss(new Nodes(), Lease.State.HELD)).contains("after transaction 10 may be lost");
	}

	@Test
	void leaderThatHasSteppedDownHasShippedEverythingUnlessItIsAhead() {
		assertThat(loss(new Nodes().with(Nodes.member("a"), false), Lease.State.RELEASED)).isEmpty();
		assertThat(loss(new Nodes().with(Nodes.behind(Nodes.member("a"), 12, Duration.ZERO)), Lease.State.RELEASED))
			.contains("stepped down at transaction 12", "the log ends at 10");
	}

	@Test
	void nothingIsLostWhereNothingIsReplicatedOrNobodyHasLed() {
		assertThat(new DataLoss(new Nodes().view(), Progress.of(null)).afterLeaderIsGone(lease(Lease.State.HELD)))
			.isEmpty();
		assertThat(new DataLoss(new Nodes().view(), PROGRESS).afterLeaderIsGone(null)).isEmpty();
	}

	@Test
	void targetThatIsBehindAppliesTheRestBefore() {
		Nodes nodes = new Nodes().with(Nodes.behind(Nodes.member("b"), 7, Duration.ofMinutes(1)));
		assertThat(DataLoss.behind(nodes.view(), Nodes.id("b"), PROGRESS)).contains("3 transactions behind");
		nodes.with(Nodes.member("b"));
		assertThat(DataLoss.behind(nodes.view(), Nodes.id("b"), PROGRESS)).isEmpty();
	}

	private static String loss(Nodes nodes, Lease.State state) {
		return new DataLoss(nodes.view(), PROGRESS).afterLeaderIsGone(lease(state)).orElse("");
	}

	private static Lease lease(Lease.State state) {
		return new Lease(Nodes.id("a"), "nonce", new Epoch(7), state, "", Duration.ofSeconds(10));
	}

}
