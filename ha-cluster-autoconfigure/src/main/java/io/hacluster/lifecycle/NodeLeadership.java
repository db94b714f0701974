package io.hacluster.lifecycle;

import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.election.HeldLease;
import io.hacluster.election.Lease;

/**
 * Leadership as a comparison of the clock with the deadline of the promoted lease.
 */
final class NodeLeadership implements Leadership {

	private final NodeId nodeId;

	private final Clock clock;

	private final BooleanSupplier stepDown;

	private volatile @Nullable HeldLease promoted;

	private volatile Epoch latest = Epoch.NONE;

	private volatile @Nullable Leader leader;

	NodeLeadership(NodeId nodeId, Clock clock, BooleanSupplier stepDown) {
		this.nodeId = nodeId;
		this.clock = clock;
		this.stepDown = stepDown;
	}

	@Override
	public NodeId nodeId() {
		return this.nodeId;
	}

	@Override
	public boolean isLeader() {
		HeldLease lease = this.promoted;
		return lease != null && lease.isValid();
	}

	@Override
	public ClusterRole role() {
		return isLeader() ? ClusterRole.LEADER : ClusterRole.FOLLOWER;
	}

	@Override
	public Epoch epoch() {
		HeldLease lease = this.promoted;
		return (lease != null && lease.isValid()) ? lease.epoch() : this.latest;
	}

	@Override
	public Optional<Leader> leader() {
		return Optional.ofNullable(this.leader);
	}

	@Override
	public boolean stepDown() {
		return this.stepDown.getAsBoolean();
	}

	/**
	 * Returns whether this node leads in a term.
	 */
	boolean leads(Epoch epoch) {
		HeldLease lease = this.promoted;
		return lease != null && lease.epoch().equals(epoch) && lease.isValid();
	}

	void promoted(HeldLease lease) {
		seen(lease.epoch());
		this.promoted = lease;
	}

	void demoted() {
		this.promoted = null;
	}

	/**
	 * Takes note of the lease record.
	 * @return whether that is another leader than before
	 */
	synchronized boolean leaderChanged(Optional<Lease> lease) {
		lease.ifPresent((it) -> seen(it.epoch()));
		Leader before = this.leader;
		Leader after = lease.filter((it) -> it.state() == Lease.State.HELD)
			.map((it) -> (before != null && before.nodeId().equals(it.holder()) && before.epoch().equals(it.epoch()))
					? before : new Leader(it.holder(), it.epoch(), this.clock.instant()))
			.orElse(null);
		this.leader = after;
		return after != before;
	}

	synchronized void seen(Epoch epoch) {
		if (epoch.compareTo(this.latest) > 0) {
			this.latest = epoch;
		}
	}

}
