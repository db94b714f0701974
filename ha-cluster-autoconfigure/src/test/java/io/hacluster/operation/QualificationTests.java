package io.hacluster.operation;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.hacluster.member.Member;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Qualification}.
 */
class QualificationTests {

	private static final Duration MAX_LAG = Duration.ofSeconds(5);

	private final Nodes nodes = new Nodes().with(Nodes.member("a"));

	@Test
	void bestIsTheHighestPriorityThenTheFurthestThenTheFirst() {
		this.nodes.with(Nodes.member("d")).with(Nodes.member("b")).with(Nodes.behind(Nodes.member("c"), 9, MAX_LAG));
		assertThat(best()).isEqualTo("b");
		this.nodes.with(Nodes.behind(Nodes.member("b"), 9, MAX_LAG));
		assertThat(best()).isEqualTo("d");
		this.nodes.with(Nodes.behind(Nodes.priority(Nodes.member("c"), 101), 9, MAX_LAG));
		assertThat(best()).isEqualTo("c");
	}

	@Test
	void nodesThatDoNotQualifySayWhy() {
		this.nodes.with(Nodes.member("b"), false)
			.with(Nodes.priority(Nodes.member("c"), 0))
			.with(Nodes.unable(Nodes.member("d"), "DEMOTING", "start-backend failed"))
			.with(Nodes.behind(Nodes.member("e"), 1, Duration.ofMillis(5100)))
			.with(Nodes.unable(Nodes.member("f"), Member.STOPPED, null), false)
			.with(Nodes.kept(Nodes.member("g"), "it has no replica yet"));
		assertThat(qualification(MAX_LAG).best()).isEmpty();
		assertThat(qualification(MAX_LAG).whyNobody())
			.isEqualTo("b has said nothing for 42.0 s; " + "c never leads: its priority is 0; "
					+ "d cannot lead now: it is in state DEMOTING, and its last failure was: start-backend failed; "
					+ "e is 5.1 s behind, more than the 5.0 s of ha.cluster.election.max-lag-on-failover; "
					+ "f has been stopped; " + "g cannot lead now: it has no replica yet");
	}

	@Test
	void nodeThatSaysThatItLeadsAndDoesNotHasJustSteppedDown() {
		this.nodes.with(Nodes.leading(Nodes.member("b"), 1));
		assertThat(qualification(MAX_LAG).whyNot(Nodes.id("b")))
			.isEqualTo("b has just led, and stands aside after its step-down");
	}

	@Test
	void lagIsNoReasonWithoutALimit() {
		this.nodes.with(Nodes.behind(Nodes.member("b"), 1, Duration.ofHours(1)));
		assertThat(qualification(null).whyNot(Nodes.id("b"))).isNull();
	}

	@Test
	void leaderAndUnknownNodesDoNotQualify() {
		assertThat(qualification(MAX_LAG).whyNot(Nodes.id("a"))).isEqualTo("a leads already");
		assertThat(qualification(MAX_LAG).whyNot(Nodes.id("x"))).isEqualTo("there is no node x; the nodes are a");
		assertThat(qualification(MAX_LAG).whyNobody()).isEqualTo("there is no other node");
	}

	private Qualification qualification(Duration maxLag) {
		return new Qualification(this.nodes.view(), Nodes.id("a"), maxLag);
	}

	private String best() {
		return qualification(MAX_LAG).best().orElseThrow().value();
	}

}
