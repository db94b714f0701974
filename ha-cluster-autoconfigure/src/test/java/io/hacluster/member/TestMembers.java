package io.hacluster.member;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;

/**
 * A cluster of which node a leads, b follows and c has gone, in its third term.
 */
public final class TestMembers implements Members, TermHistory {

	private static final Instant TIME = Instant.parse("2030-01-01T00:00:00Z");

	private volatile ClusterView.Pause pause;

	public void resume() {
		this.pause = null;
	}

	public void pause(String reason) {
		this.pause = new ClusterView.Pause(reason, new NodeId("b"), TIME);
	}

	@Override
	public ClusterView view() {
		return new ClusterView("test", List.of(seen("a", ClusterRole.LEADER, true),
				seen("b", ClusterRole.FOLLOWER, true), seen("c", ClusterRole.FOLLOWER, false)), this.pause, true);
	}

	private static ClusterView.Seen seen(String node, ClusterRole role, boolean alive) {
		Member member = new Member(new NodeId(node), "nonce-" + node, "1.0", role, role.name(), 7, 42L,
				Duration.ofMillis(node.equals("a") ? 0 : 1500), node.equals("a") ? "UP" : "STOPPED",
				"http://" + node + ":8080", Map.of("zone", node), 100, true, alive ? null : "The disk is full",
				Duration.ofSeconds(10), TIME);
		return new ClusterView.Seen(member, alive, Duration.ofMillis(alive ? 250 : 90_000));
	}

	@Override
	public Subscription subscribe(Consumer<ClusterView> listener) {
		return () -> {
		};
	}

	@Override
	public List<PastTerm> terms() {
		return List.of(
				new PastTerm(7, new NodeId("a"), TIME.plusSeconds(60), null, null,
						List.of(new StepTime("START_BACKEND", "DONE", Duration.ofMillis(1200))), List.of()),
				new PastTerm(3, new NodeId("b"), TIME, TIME.plusMillis(59_500), "It was asked to step down", List.of(),
						List.of(new StepTime("STOP_BACKEND", "DONE", Duration.ofMillis(300)))));
	}

}
