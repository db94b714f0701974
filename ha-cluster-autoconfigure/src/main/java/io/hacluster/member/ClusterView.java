package io.hacluster.member;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;

/**
 * The cluster as one node sees it, at one moment.
 *
 * @param cluster the name of the cluster
 * @param members the nodes, ordered by their ids
 * @param pause the pause that is in force, {@code null} if the cluster acts
 * @param current whether the view is up to date; false while the store cannot be read
 */
public record ClusterView(String cluster, List<Seen> members, @Nullable Pause pause, boolean current) {

	/**
	 * Creates a view.
	 */
	public ClusterView {
		members = List.copyOf(members);
	}

	/**
	 * Returns a node.
	 * @param nodeId the node
	 * @return what is known of it, empty if nothing is
	 */
	public Optional<Seen> member(NodeId nodeId) {
		return this.members.stream().filter((seen) -> seen.member().nodeId().equals(nodeId)).findFirst();
	}

	/**
	 * A member as it is seen from here.
	 *
	 * @param member what it says of itself
	 * @param alive whether it has said something lately: a node that has ended is shown
	 * as gone within two leases
	 * @param age for how long it has said nothing new, by this node's monotonic clock
	 */
	public record Seen(Member member, boolean alive, Duration age) {
	}

	/**
	 * An operator's wish that the cluster does nothing by itself.
	 *
	 * @param reason why, for people; may be empty
	 * @param by the node that took the wish
	 * @param since when, by that node's wall clock and for display only
	 */
	public record Pause(String reason, NodeId by, Instant since) {

		/**
		 * Creates a pause. A control character in the reason, which could write a line of
		 * its own into a log or a terminal, becomes a space.
		 */
		public Pause {
			reason = reason.replaceAll("\\p{Cntrl}", " ");
		}

	}

}
