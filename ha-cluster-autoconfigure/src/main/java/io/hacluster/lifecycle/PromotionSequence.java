package io.hacluster.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.election.HeldLease;
import io.hacluster.lifecycle.Step.Part;
import io.hacluster.replication.Replication;
import io.hacluster.vip.VirtualIp;

/**
 * The nine steps of becoming leader. Names and order are fixed.
 */
final class PromotionSequence {

	static final String WIN_ELECTION = "win-election";

	static final String CATCH_UP = "catch-up";

	static final String STOP_PASSIVE = "stop-passive-replication";

	static final String PROMOTE_REPLICA = "promote-replica";

	static final String ACQUIRE_VIP = "acquire-vip";

	static final String START_BACKEND = "start-backend";

	static final String VERIFY_DATABASE = "verify-database";

	static final String START_PRIMARY = "start-primary-replication";

	static final String START_SNAPSHOTS = "start-snapshots";

	static final List<String> NAMES = List.of(WIN_ELECTION, CATCH_UP, STOP_PASSIVE, PROMOTE_REPLICA, ACQUIRE_VIP,
			START_BACKEND, VERIFY_DATABASE, START_PRIMARY, START_SNAPSHOTS);

	private final ClusterParts parts;

	private final StepTimeouts timeouts;

	private final Lanes lanes;

	private final Consumer<HeldLease> vipAcquired;

	private final @Nullable DrivenBackend backend;

	PromotionSequence(ClusterParts parts, StepTimeouts timeouts, Lanes lanes, Consumer<HeldLease> vipAcquired,
			@Nullable DrivenBackend backend) {
		this.parts = parts;
		this.timeouts = timeouts;
		this.lanes = lanes;
		this.vipAcquired = vipAcquired;
		this.backend = backend;
	}

	List<Step> steps(HeldLease lease) {
		List<Step> steps = new ArrayList<>();
		steps.add(Step.of(WIN_ELECTION, null));
		steps.addAll(takeOverDatabase(lease));
		steps.add(acquireVip(lease));
		steps.add(startBackend(lease));
		steps.addAll(replicate());
		return List.copyOf(steps);
	}

	private List<Step> takeOverDatabase(HeldLease lease) {
		Replication replication = this.parts.replication();
		if (replication == null) {
			return StepDownSequence.withoutDatabase(CATCH_UP, STOP_PASSIVE, PROMOTE_REPLICA);
		}
		return List.of(
				Step.of(CATCH_UP, Step.START_PASSIVE,
						Part.bounded(this.lanes.replication(), this.timeouts.catchUp(),
								() -> replication.fenceAndCatchUp(lease.epoch(), this.timeouts.catchUp()))),
				Step.of(STOP_PASSIVE, Step.START_PASSIVE,
						replication(() -> replication.stopFollowing(this.timeouts.replication()))),
				Step.of(PROMOTE_REPLICA, Step.START_PASSIVE, replication(replication::promote)));
	}

	private Step acquireVip(HeldLease lease) {
		VirtualIp virtualIp = this.parts.virtualIp();
		if (virtualIp == null) {
			return Step.skipped(ACQUIRE_VIP, StepDownSequence.NO_VIP);
		}
		return Step.of(ACQUIRE_VIP, Step.RELEASE_VIP, new Part(this.lanes.virtualIp(), this.timeouts.vip(), () -> {
			if (!lease.isValid()) {
				throw new HaClusterException("The lease no longer holds");
			}
			virtualIp.acquire(lease::remaining);
			this.vipAcquired.accept(lease);
		}));
	}

	private Step startBackend(HeldLease lease) {
		DrivenBackend driven = this.backend;
		if (driven == null) {
			// The undo still has the final flush to do, for an application that is its
			// own backend.
			return new Step(START_BACKEND, List.of(), Step.STOP_BACKEND, StepDownSequence.NO_BACKEND);
		}
		return Step.of(START_BACKEND, Step.STOP_BACKEND, Part.bounded(this.lanes.backend(),
				this.timeouts.backendStart(), () -> driven.start(lease, this.timeouts.backendStart())));
	}

	private List<Step> replicate() {
		Replication replication = this.parts.replication();
		if (replication == null) {
			return StepDownSequence.withoutDatabase(VERIFY_DATABASE, START_PRIMARY, START_SNAPSHOTS);
		}
		Step verify = (this.backend != null)
				? Step.of(VERIFY_DATABASE, null,
						Part.bounded(this.lanes.replication(), this.timeouts.database(),
								() -> replication.awaitDatabase(this.timeouts.database())))
				: Step.skipped(VERIFY_DATABASE, "without a backend, replication begins when the database appears");
		return List.of(verify, Step.of(START_PRIMARY, Step.STOP_PRIMARY, replication(replication::startPrimary)),
				Step.of(START_SNAPSHOTS, Step.STOP_SNAPSHOTS, replication(replication::startSnapshots)));
	}

	private Part replication(Step.Action action) {
		return new Part(this.lanes.replication(), this.timeouts.replication(), action);
	}

}
