package io.hacluster.actuate;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Leadership;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;
import io.hacluster.member.Members;
import io.hacluster.member.TermHistory;
import io.hacluster.operation.ClusterDocument;
import io.hacluster.replication.ReplicationStatus;

/**
 * What the {@code leader} endpoint shows. What concerns this node comes from itself, and
 * not from what it has published a moment ago.
 */
public final class LeaderDescriptions {

	private final Leadership leadership;

	private final Supplier<String> state;

	private final @Nullable Supplier<ReplicationStatus> replication;

	private final Members members;

	private final TermHistory history;

	/**
	 * Creates the descriptions.
	 * @param leadership the leadership
	 * @param state names what the node is doing
	 * @param replication the replication, {@code null} if nothing is replicated
	 * @param members the members
	 * @param history the terms
	 */
	public LeaderDescriptions(Leadership leadership, Supplier<String> state,
			@Nullable Supplier<ReplicationStatus> replication, Members members, TermHistory history) {
		this.leadership = leadership;
		this.state = state;
		this.replication = replication;
		this.members = members;
		this.history = history;
	}

	NodeDescriptor node() {
		ReplicationStatus status = (this.replication != null) ? this.replication.get() : null;
		ClusterView view = this.members.view();
		Member self = view.member(this.leadership.nodeId()).map(ClusterView.Seen::member).orElse(null);
		NodeDescriptor.Leader leader = this.leadership.leader()
			.map((known) -> new NodeDescriptor.Leader(known.nodeId().value(), known.since()))
			.orElse(null);
		return new NodeDescriptor(view.cluster(), this.leadership.nodeId().value(), this.leadership.role(),
				this.leadership.epoch().value(), leader, (status != null) ? status.txid() : null,
				ClusterDocument.seconds((status != null) ? status.lag() : null), this.state.get(), view.pause() != null,
				(self != null) ? self.address() : null, (self != null) ? self.labels() : null,
				(self != null) ? self.priority() : null, (self != null) ? self.version() : null);
	}

	Map<String, @Nullable Object> cluster() {
		return ClusterDocument.cluster(this.members.view(),
				this.leadership.leader().map(Leadership.Leader::nodeId).orElse(null), this.leadership.epoch().value());
	}

	Map<String, @Nullable Object> history() {
		return ClusterDocument.history(this.members.view().cluster(), this.history.terms());
	}

}
