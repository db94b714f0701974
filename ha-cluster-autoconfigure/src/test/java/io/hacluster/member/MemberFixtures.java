package io.hacluster.member;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

/**
 * Members to test with.
 */
final class MemberFixtures {

	static final Duration LEASE = Duration.ofSeconds(10);

	static final Instant AT = Instant.parse("2026-01-02T03:04:05.006Z");

	private MemberFixtures() {
	}

	static NodeIdentity identity(String node) {
		return new NodeIdentity("test", new NodeId(node), "nonce-" + node);
	}

	static Member member(String node) {
		return member(node, ClusterRole.FOLLOWER, "FOLLOWER", 1);
	}

	static Member member(String node, ClusterRole role, String state, long epoch) {
		return new Member(new NodeId(node), "nonce-" + node, "1.2.3", role, state, epoch, 42L, Duration.ofMillis(17),
				"UP", "10.0.0.1:8080", Map.of("zone", "a", "rack/row", "ä 1"), 100, true, "it \"failed\"", LEASE, AT);
	}

	static Member at(Member member, long position) {
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), position, member.lag(), member.backend(), member.address(), member.labels(),
				member.priority(), member.eligible(), member.failure(), member.leaseDuration(), member.at());
	}

	static Member keptBy(Member member, String obstacle) {
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), member.position(), member.lag(), member.backend(), member.address(), member.labels(),
				member.priority(), false, member.failure(), member.leaseDuration(), member.at(), obstacle);
	}

}
