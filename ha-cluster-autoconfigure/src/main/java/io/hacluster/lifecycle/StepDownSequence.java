package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.backend.BackendException;
import io.hacluster.lifecycle.Step.Part;
import io.hacluster.replication.Replication;
import io.hacluster.vip.VirtualIp;

/**
 * The six steps of stepping down. Names and order are fixed. All of them may be run
 * again: each brings about a state, whatever it finds.
 * <p>
 * The third step has two parts: the backend is stopped, then replication ships what it
 * wrote while it closed. The last two steps are not begun while the backend may still be
 * running, for they move its files.
 */
final class StepDownSequence {

	static final List<String> NAMES = List.of(Step.STOP_SNAPSHOTS, Step.STOP_PRIMARY, Step.STOP_BACKEND,
			Step.RELEASE_VIP, Step.START_PASSIVE, Step.INITIAL_CATCH_UP);

	/**
	 * The steps that put a node into the follower's state, whatever it finds.
	 */
	static final List<String> SETTLING = List.of(Step.STOP_BACKEND, Step.RELEASE_VIP, Step.START_PASSIVE);

	static final String NO_VIP = "no virtual IP";

	static final String NO_BACKEND = "no backend";

	private static final String UNSHIPPED = "Not everything that was committed is in the log; this node keeps it, "
			+ "ships it if no other node leads first, and otherwise sets it aside";

	private static final String NO_DATABASE = "no replicated database";

	private final ClusterParts parts;

	private final Lanes lanes;

	private final Runnable vipReleased;

	private final @Nullable DrivenBackend backend;

	private volatile boolean backendStopped;

	StepDownSequence(ClusterParts parts, Lanes lanes, Runnable vipReleased, @Nullable DrivenBackend backend) {
		this.parts = parts;
		this.lanes = lanes;
		this.vipReleased = vipReleased;
		this.backend = backend;
		this.backendStopped = backend == null;
	}

	/**
	 * Takes the backend as stopped because it has not been started since it was.
	 */
	StepDownSequence withBackendStopped() {
		this.backendStopped = true;
		return this;
	}

	/**
	 * Returns whether the backend has certainly stopped.
	 */
	boolean isBackendStopped() {
		return this.backendStopped;
	}

	Step step(String name, StepDownBudgets budgets) {
		return steps(budgets).get(NAMES.indexOf(name));
	}

	List<Step> steps(StepDownBudgets budgets) {
		return Stream
			.of(shipping(budgets).stream(), Stream.of(stopBackend(budgets), releaseVip(budgets)),
					following(budgets).stream())
			.flatMap((steps) -> steps)
			.toList();
	}

	private List<Step> shipping(StepDownBudgets budgets) {
		Replication replication = this.parts.replication();
		if (replication == null) {
			return withoutDatabase(Step.STOP_SNAPSHOTS, Step.STOP_PRIMARY);
		}
		return List.of(
				replication(Step.STOP_SNAPSHOTS, budgets.stopSnapshots(),
						() -> replication.stopSnapshots(budgets.stopSnapshots())),
				replication(Step.STOP_PRIMARY, budgets.stopPrimary(),
						() -> replication.stopPrimary(budgets.stopPrimary())));
	}

	private Step stopBackend(StepDownBudgets budgets) {
		DrivenBackend driven = this.backend;
		Replication replication = this.parts.replication();
		if (driven == null && replication == null) {
			return Step.skipped(Step.STOP_BACKEND, NO_BACKEND);
		}
		Part stop = new Part(this.lanes.backend(), budgets.stopBackend().plus(budgets.killBackend()), () -> {
			if (driven != null) {
				driven.stop(budgets.stopBackend());
				this.backendStopped = true;
			}
		});
		Part flush = new Part(this.lanes.replication(), budgets.flush(), () -> {
			if (replication != null && !replication.flush(budgets.flush())) {
				throw new HaClusterException(UNSHIPPED);
			}
		}).orLate(UNSHIPPED);
		if (driven == null) {
			return Step.of(Step.STOP_BACKEND, null, flush);
		}
		return (replication != null) ? Step.of(Step.STOP_BACKEND, null, stop, flush)
				: Step.of(Step.STOP_BACKEND, null, stop);
	}

	private Step releaseVip(StepDownBudgets budgets) {
		VirtualIp virtualIp = this.parts.virtualIp();
		if (virtualIp == null) {
			return Step.skipped(Step.RELEASE_VIP, NO_VIP);
		}
		return Step.of(Step.RELEASE_VIP, null, new Part(this.lanes.virtualIp(), budgets.vip(), () -> {
			this.vipReleased.run();
			virtualIp.release();
		}));
	}

	private List<Step> following(StepDownBudgets budgets) {
		Replication replication = this.parts.replication();
		if (replication == null) {
			return withoutDatabase(Step.START_PASSIVE, Step.INITIAL_CATCH_UP);
		}
		Duration timeout = budgets.following();
		Duration wait = budgets.catchUp();
		return List.of(following(Step.START_PASSIVE, timeout, () -> {
			if (!this.backendStopped) {
				throw new BackendException("Not begun: the backend may still be running on the files");
			}
			replication.startFollowing(wait);
		}), following(Step.INITIAL_CATCH_UP, wait, () -> {
			if (!this.backendStopped) {
				throw new BackendException("Not begun: the backend may still be running on the files");
			}
			replication.awaitCaughtUp(wait);
		}));
	}

	static List<Step> withoutDatabase(String... names) {
		return Stream.of(names).map((name) -> Step.skipped(name, NO_DATABASE)).toList();
	}

	private Step following(String name, Duration timeout, Step.Action action) {
		return Step.of(name, null, Part.bounded(this.lanes.replication(), timeout, action));
	}

	private Step replication(String name, Duration timeout, Step.Action action) {
		return Step.of(name, null, new Part(this.lanes.replication(), timeout, action));
	}

}
