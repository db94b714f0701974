package io.hacluster.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;

/**
 * The members of a cluster as one of them sees them.
 *
 * @param cluster the name of the cluster
 * @param nodeId the node that has been asked
 * @param leader who leads, {@code null} while nobody is known to
 * @param epoch the epoch of the leader, or the latest that has been seen
 * @param pause the pause that is in force, {@code null} if the cluster acts
 * @param current whether this is up to date; false while the store cannot be read
 * @param members the members, ordered by their ids
 */
public record ClusterDescriptor(String cluster, String nodeId, @Nullable String leader, long epoch,
		@Nullable Pause pause, boolean current, List<MemberDescriptor> members) {

	static @Nullable Pause pause(ClusterView.@Nullable Pause pause) {
		return (pause != null) ? new Pause(pause.reason(), pause.by().value(), pause.since()) : null;
	}

	/**
	 * A pause.
	 *
	 * @param reason why, may be empty
	 * @param by the node that was asked for it
	 * @param since when
	 */
	public record Pause(String reason, String by, Instant since) {
	}

	/**
	 * A member.
	 *
	 * @param nodeId the node
	 * @param alive whether it has said something lately
	 * @param lastSeen seconds for which it has said nothing new
	 * @param leader whether the node that has been asked knows it as the leader
	 * @param role its role, as it says
	 * @param state what it is doing
	 * @param epoch the epoch of its term, or the latest it has seen
	 * @param position the last transaction applied or acknowledged there, {@code null} if
	 * nothing is replicated
	 * @param lag seconds for which the oldest transaction has been waiting there,
	 * {@code null} if nothing is replicated
	 * @param backend the state of its backend, {@code null} without one
	 * @param address where it can be reached, may be empty
	 * @param labels its labels
	 * @param priority its priority in elections, 0 for a node that never leads
	 * @param eligible whether it could lead, apart from how far it is behind
	 * @param failure the last thing that went wrong there, {@code null} if nothing has
	 * @param version the version of this library that it runs
	 */
	public record MemberDescriptor(String nodeId, boolean alive, double lastSeen, boolean leader, ClusterRole role,
			String state, long epoch, @Nullable Long position, @Nullable Double lag, @Nullable String backend,
			String address, Map<String, String> labels, int priority, boolean eligible, @Nullable String failure,
			String version) {

		static MemberDescriptor of(ClusterView.Seen seen, @Nullable NodeId leader) {
			Member member = seen.member();
			return new MemberDescriptor(member.nodeId().value(), seen.alive(), Seconds.of(seen.age()),
					member.nodeId().equals(leader), member.role(), member.state(), member.epoch(), member.position(),
					Seconds.ofNullable(member.lag()), member.backend(), member.address(), member.labels(),
					member.priority(), member.eligible(), member.failure(), member.version());
		}

	}

}
