package io.hacluster.console;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.StepReport.Outcome;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.lifecycle.TransitionReport.Kind;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;

/**
 * A cluster of three: {@code a} leads since {@code b} has handed over three minutes ago.
 */
final class Story {

	private static final Map<String, Integer> LAG = Map.of("a", 35, "b", 80, "c", 60);

	private static final int SINCE = 193;

	private static final List<StepTime> PROMOTION = List.of(step("win-election", 4), step("catch-up", 61),
			step("stop-passive-replication", 12), step("promote-replica", 9), step("acquire-vip", 0),
			step("start-backend", 640), step("verify-database", 5), step("start-primary-replication", 62),
			step("start-snapshots", 2));

	private static final List<StepTime> STEP_DOWN = List.of(step("stop-snapshots", 1),
			step("stop-primary-replication", 22), step("stop-backend", 310), step("release-vip", 0),
			step("start-passive-replication", 35), step("initial-catch-up", 90));

	private Story() {
	}

	static Member member(String id, ClusterRole role) {
		return FakeCluster.member(id, role, 48_215L - LAG.get(id), Duration.ofMillis(LAG.get(id)));
	}

	static Member failing(String id, String failure) {
		Member member = member(id, ClusterRole.LEADER);
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), member.position(), member.lag(), member.backend(), member.address(),
				Map.of("zone", "north"), member.priority(), member.eligible(), failure, member.leaseDuration(),
				member.at());
	}

	static Member labelled(String id, ClusterRole role, Map<String, String> labels) {
		Member member = member(id, role);
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), member.position(), member.lag(), member.backend(), member.address(), labels,
				member.priority(), member.eligible(), member.failure(), member.leaseDuration(), member.at());
	}

	static ClusterView.Seen[] members() {
		return new ClusterView.Seen[] { FakeCluster.alive(member("a", ClusterRole.LEADER)),
				FakeCluster.alive(member("b", ClusterRole.FOLLOWER)),
				FakeCluster.alive(member("c", ClusterRole.FOLLOWER)) };
	}

	static void tell(FakeNode node) {
		Instant now = Instant.now();
		node.cluster()
			.terms(new PastTerm(12, new NodeId("a"), now.minusSeconds(SINCE), null, null, PROMOTION, List.of()),
					new PastTerm(11, new NodeId("b"), now.minusSeconds(9000), now.minusMillis(SINCE * 1000 + 1400),
							"an operator asked for a switchover to a", PROMOTION, STEP_DOWN),
					new PastTerm(10, new NodeId("a"), now.minusSeconds(12000), null, null, PROMOTION, List.of()));
		node.cluster().show(null, members());
	}

	static void lag(LagHistory history) {
		Instant now = Instant.now();
		for (int i = LagHistory.SAMPLES; i > 0; i--) {
			Instant at = now.minus(LagHistory.INTERVAL.multipliedBy(i));
			int after = (LagHistory.SAMPLES - i) * 2 - (300 - SINCE);
			double peak = (after >= -2 && after < 14) ? 900 * Math.exp(-Math.abs(after - 2) / 4.0) : 0;
			history.record(at,
					new ClusterView("orders",
							List.of(sample("a", ClusterRole.LEADER, i, peak * 0.3),
									sample("b", ClusterRole.FOLLOWER, i, peak),
									sample("c", ClusterRole.FOLLOWER, i, peak * 0.8)),
							null, true));
		}
	}

	private static ClusterView.Seen sample(String id, ClusterRole role, int number, double more) {
		double wave = 1 + 0.4 * Math.sin(number / 3.0 + id.hashCode()) * Math.cos(number / 7.0);
		return FakeCluster
			.alive(FakeCluster.member(id, role, 1L, Duration.ofMillis((long) (LAG.get(id) * wave + more))));
	}

	static void promoting(TransitionBoard board) {
		Epoch epoch = new Epoch(13);
		board.transitionStarted(Kind.PROMOTION, epoch, TransitionCause.ELECTED, "won the election");
		PROMOTION.subList(0, 5).forEach((step) -> board.stepFinished(Kind.PROMOTION, epoch, report(step)));
		board.stepStarted(Kind.PROMOTION, epoch, "start-backend");
	}

	static void failed(TransitionBoard board) {
		List<StepReport> steps = List.of(report(PROMOTION.get(0)), new StepReport("start-backend", Outcome.TIMED_OUT,
				Duration.ofSeconds(30), "the health URL does not answer"));
		board.transitionFinished(new TransitionReport(Kind.PROMOTION, new Epoch(13), TransitionCause.ELECTED,
				"won the election", Instant.now(), Duration.ofSeconds(30), steps, "start-backend"));
	}

	static void steppedDown(TransitionBoard board) {
		board.transitionFinished(new TransitionReport(Kind.STEP_DOWN, new Epoch(11), TransitionCause.REQUESTED,
				"an operator asked for a switchover to a", Instant.now().minusSeconds(SINCE + 2),
				Duration.ofMillis(458), STEP_DOWN.stream().map(Story::report).toList(), null));
	}

	/**
	 * The leader has died, and {@code b} is about to follow it.
	 */
	static void failover(FakeNode node) {
		promoting(node.board());
		Member b = member("b", ClusterRole.FOLLOWER);
		node.cluster()
			.show(null, FakeCluster.gone(member("a", ClusterRole.LEADER)),
					FakeCluster.alive(new Member(b.nodeId(), b.nonce(), b.version(), b.role(), "PROMOTING", 13,
							b.position(), b.lag(), "STARTING", b.address(), b.labels(), b.priority(), b.eligible(),
							b.failure(), b.leaseDuration(), b.at())),
					FakeCluster.alive(member("c", ClusterRole.FOLLOWER)));
	}

	private static StepReport report(StepTime step) {
		return new StepReport(step.name(), Outcome.valueOf(step.outcome()), step.elapsed(),
				"SKIPPED".equals(step.outcome()) ? "there is no virtual IP" : null);
	}

	private static StepTime step(String name, long millis) {
		return FakeCluster.step(name, millis);
	}

}
