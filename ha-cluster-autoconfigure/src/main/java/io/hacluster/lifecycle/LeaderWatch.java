package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.election.HeldLease;
import io.hacluster.vip.VirtualIp;

/**
 * What a leader does at intervals: it asks its backend how it is, and prolongs the
 * lifetime of its virtual IP with what is left of the lease.
 */
final class LeaderWatch implements AutoCloseable {

	private static final Duration SHORTEST_VIP_INTERVAL = Duration.ofMillis(50);

	private static final Logger logger = LoggerFactory.getLogger(ClusterLifecycle.class);

	private final NodeIdentity identity;

	private final ClusterParts parts;

	private final Lanes lanes;

	private final LifecycleSettings settings;

	private final @Nullable BackendProbe probe;

	private final ScheduledThreadPoolExecutor scheduler;

	private @Nullable ScheduledFuture<?> healthTask;

	private @Nullable ScheduledFuture<?> vipTask;

	private volatile @Nullable HeldLease vipLease;

	private volatile @Nullable String vipFailure;

	LeaderWatch(NodeIdentity identity, ClusterParts parts, Lanes lanes, LifecycleSettings settings,
			@Nullable BackendProbe probe) {
		this.identity = identity;
		this.parts = parts;
		this.lanes = lanes;
		this.settings = settings;
		this.probe = probe;
		this.scheduler = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "ha-watch-" + identity.cluster());
			thread.setDaemon(true);
			return thread;
		});
		this.scheduler.setRemoveOnCancelPolicy(true);
	}

	/**
	 * Begins to ask the backend.
	 */
	synchronized void watchBackend() {
		if (this.probe != null && !this.scheduler.isShutdown()) {
			this.healthTask = this.scheduler.scheduleWithFixedDelay(this.probe::ask, 0,
					this.settings.supervision().healthInterval().toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	synchronized void stopWatchingBackend() {
		if (this.healthTask != null) {
			this.healthTask.cancel(false);
			this.healthTask = null;
		}
	}

	/**
	 * Begins to prolong the virtual IP.
	 */
	synchronized void keepVip(HeldLease lease) {
		VirtualIp virtualIp = this.parts.virtualIp();
		if (virtualIp != null && !this.scheduler.isShutdown()) {
			Duration interval = this.settings.leaseDuration().dividedBy(10);
			interval = (interval.compareTo(SHORTEST_VIP_INTERVAL) < 0) ? SHORTEST_VIP_INTERVAL : interval;
			this.vipLease = lease;
			this.vipFailure = null;
			this.vipTask = this.scheduler.scheduleWithFixedDelay(() -> prolongLater(virtualIp, lease),
					interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Ends that. What is under way ends before the address is released, for both use the
	 * same lane.
	 */
	synchronized void dropVip() {
		this.vipLease = null;
		if (this.vipTask != null) {
			this.vipTask.cancel(false);
			this.vipTask = null;
		}
	}

	/**
	 * Releases the virtual IP of a node that was suspended for longer than the margin,
	 * before anything else is done (invariant I11); step 4 of the step-down then finds
	 * nothing left to do.
	 */
	void dropOverdueVip(HeldLease lease) {
		VirtualIp virtualIp = this.parts.virtualIp();
		if (virtualIp != null && lease.remaining().plus(this.settings.margin()).isNegative()) {
			dropVip();
			this.lanes.virtualIp().submit(virtualIp::release);
		}
	}

	@Override
	public void close() {
		this.scheduler.shutdownNow();
		stopWatchingBackend();
		dropVip();
	}

	private void prolongLater(VirtualIp virtualIp, HeldLease lease) {
		if (this.lanes.virtualIp().isIdle()) {
			this.lanes.virtualIp().submit(() -> prolong(virtualIp, lease));
		}
	}

	private void prolong(VirtualIp virtualIp, HeldLease lease) {
		// Right before the call: prolonging would bring an address back that the kernel
		// has taken away from a node that was frozen.
		if (this.vipLease == lease && lease.isValid()) {
			try {
				virtualIp.acquire(lease::remaining);
				prolonged();
			}
			catch (RuntimeException ex) {
				notProlonged(ex);
			}
		}
	}

	private void prolonged() {
		if (this.vipFailure != null) {
			this.vipFailure = null;
			logger.info("[{}] The virtual IP is prolonged again", this.identity);
		}
	}

	/**
	 * Logs where it failed once, and then what changes: it is tried ten times per lease.
	 */
	private void notProlonged(RuntimeException failure) {
		String former = this.vipFailure;
		this.vipFailure = failure.toString();
		if (former == null) {
			logger.warn("[{}] The virtual IP could not be prolonged", this.identity, failure);
		}
		else if (!former.equals(this.vipFailure)) {
			logger.warn("[{}] The virtual IP still cannot be prolonged: {}", this.identity, failure.getMessage());
		}
	}

}
