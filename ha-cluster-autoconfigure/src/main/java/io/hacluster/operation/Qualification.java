package io.hacluster.operation;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.Member;

/**
 * Which nodes could take over from the leader, and why the others could not.
 */
final class Qualification {

	private final List<Seen> members;

	private final @Nullable NodeId leader;

	private final @Nullable Duration maxLag;

	/**
	 * Creates a qualification.
	 * @param cluster the nodes
	 * @param leader who leads now, {@code null} if nobody does
	 * @param maxLag how far a node may be behind, {@code null} for as far as it is
	 */
	Qualification(ClusterView cluster, @Nullable NodeId leader, @Nullable Duration maxLag) {
		this.members = cluster.members();
		this.leader = leader;
		this.maxLag = maxLag;
	}

	/**
	 * Returns the best node that qualifies.
	 */
	Optional<NodeId> best() {
		return this.members.stream()
			.filter((seen) -> whyNot(seen) == null)
			.map(Seen::member)
			.max(Comparator.comparing(this::rank)
				.thenComparing((member) -> (member.position() != null) ? member.position() : 0L)
				.thenComparing((member) -> member.nodeId().value(), Comparator.reverseOrder()))
			.map(Member::nodeId);
	}

	/**
	 * Says why a node does not qualify.
	 * @return null if it does
	 */
	@Nullable String whyNot(NodeId node) {
		for (Seen seen : this.members) {
			if (seen.member().nodeId().equals(node)) {
				String reason = whyNot(seen);
				return (reason != null) ? node + " " + reason : null;
			}
		}
		return "there is no node " + node + "; the nodes are "
				+ this.members.stream().map((seen) -> seen.member().nodeId().value()).collect(Collectors.joining(", "));
	}

	/**
	 * Says of each node but the leader why it does not qualify.
	 */
	String whyNobody() {
		String reasons = this.members.stream()
			.filter((seen) -> !seen.member().nodeId().equals(this.leader))
			.map((seen) -> seen.member().nodeId() + " " + whyNot(seen))
			.collect(Collectors.joining("; "));
		return reasons.isEmpty() ? "there is no other node" : reasons;
	}

	private @Nullable String whyNot(Seen seen) {
		Member member = seen.member();
		if (member.nodeId().equals(this.leader)) {
			return "leads already";
		}
		if (!seen.alive()) {
			return Member.STOPPED.equals(member.state()) ? "has been stopped"
					: "has said nothing for " + seconds(seen.age());
		}
		if (member.priority() == 0) {
			return "never leads: its priority is 0";
		}
		if (member.role() == ClusterRole.LEADER) {
			// What it says is from before it stepped down
			return "has just led, and stands aside after its step-down";
		}
		if (!member.eligible()) {
			String obstacle = member.obstacle();
			return "cannot lead now: " + ((obstacle != null) ? obstacle : "it is in state " + member.state())
					+ ((member.failure() != null) ? ", and its last failure was: " + member.failure() : "");
		}
		Duration lag = member.lag();
		if (this.maxLag != null && lag != null && lag.compareTo(this.maxLag) > 0) {
			return "is " + seconds(lag) + " behind, more than the " + seconds(this.maxLag)
					+ " of ha.cluster.election.max-lag-on-failover";
		}
		return null;
	}

	private Rank rank(Member member) {
		return Rank.of(member.lag(), member.position(), member.priority(),
				(this.maxLag != null) ? this.maxLag : Duration.ZERO);
	}

	static String seconds(Duration duration) {
		long tenths = duration.toMillis() / 100;
		return tenths / 10 + "." + tenths % 10 + " s";
	}

}
