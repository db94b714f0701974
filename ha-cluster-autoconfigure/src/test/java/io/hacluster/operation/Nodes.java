package io.hacluster.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.Member;

/**
 * A cluster as a test wants it to be seen.
 */
final class Nodes {

	private final List<Seen> members = new ArrayList<>();

	private @Nullable Pause pause;

	boolean current = true;

	static NodeId id(String node) {
		return new NodeId(node);
	}

	static Member member(String node) {
		return new Member(id(node), "nonce-" + node, "1", ClusterRole.FOLLOWER, "FOLLOWER", 1, 10L, Duration.ZERO, null,
				"", Map.of(), 100, true, null, Duration.ofSeconds(10), Instant.EPOCH);
	}

	static Member priority(Member member, int priority) {
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), member.position(), member.lag(), member.backend(), member.address(), member.labels(),
				priority, member.eligible(), member.failure(), member.leaseDuration(), member.at());
	}

	static Member behind(Member member, long position, Duration lag) {
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), position, lag, member.backend(), member.address(), member.labels(), member.priority(),
				member.eligible(), member.failure(), member.leaseDuration(), member.at());
	}

	static Member unable(Member member, String state, @Nullable String failure) {
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), state, member.epoch(),
				member.position(), member.lag(), member.backend(), member.address(), member.labels(), member.priority(),
				false, failure, member.leaseDuration(), member.at());
	}

	static Member kept(Member member, String obstacle) {
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), member.position(), member.lag(), member.backend(), member.address(), member.labels(),
				member.priority(), false, member.failure(), member.leaseDuration(), member.at(), obstacle);
	}

	static Member leading(Member member, long epoch) {
		return new Member(member.nodeId(), member.nonce(), member.version(), ClusterRole.LEADER, "LEADER", epoch,
				member.position(), member.lag(), member.backend(), member.address(), member.labels(), member.priority(),
				false, member.failure(), member.leaseDuration(), member.at());
	}

	Nodes with(Member member) {
		return with(member, true);
	}

	Nodes with(Member member, boolean alive) {
		this.members.removeIf((seen) -> seen.member().nodeId().equals(member.nodeId()));
		this.members.add(new Seen(member, alive, alive ? Duration.ZERO : Duration.ofSeconds(42)));
		return this;
	}

	Nodes pause() {
		this.pause = new Pause("", id("a"), Instant.EPOCH);
		return this;
	}

	Nodes resume() {
		this.pause = null;
		return this;
	}

	ClusterView view() {
		return new ClusterView("test", this.members, this.pause, this.current);
	}

}
