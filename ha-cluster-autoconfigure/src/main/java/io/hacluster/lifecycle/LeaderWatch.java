package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
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

	private final BiConsumer<Epoch, String> backendEnded;

	private final ScheduledThreadPoolExecutor scheduler;

	private @Nullable ScheduledFuture<?> healthTask;

	private @Nullable ScheduledFuture<?> vipTask;

	private volatile @Nullable HeldLease vipLease;

	private volatile @Nullable BackendHealth health;

	LeaderWatch(NodeIdentity identity, ClusterParts parts, Lanes lanes, LifecycleSettings settings,
			BiConsumer<Epoch, String> backendEnded) {
		this.identity = identity;
		this.parts = parts;
		this.lanes = lanes;
		this.settings = settings;
		this.backendEnded = backendEnded;
		this.scheduler = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "ha-watch-" + identity.cluster());
			thread.setDaemon(true);
			return thread;
		});
		this.scheduler.setRemoveOnCancelPolicy(true);
	}

	/**
	 * Returns what the backend last said of itself, {@code null} while it is not asked.
	 */
	@Nullable BackendHealth health() {
		return this.health;
	}

	/**
	 * Begins to ask the backend.
	 */
	synchronized void watchBackend(HeldLease lease) {
		Backend backend = this.parts.backend();
		if (backend != null && !this.scheduler.isShutdown()) {
			this.healthTask = this.scheduler.scheduleWithFixedDelay(() -> askLater(backend, lease), 0,
					this.settings.healthInterval().toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	synchronized void stopWatchingBackend() {
		if (this.healthTask != null) {
			this.healthTask.cancel(false);
			this.healthTask = null;
		}
		this.health = null;
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

	@Override
	public void close() {
		this.scheduler.shutdownNow();
		stopWatchingBackend();
		dropVip();
	}

	private void askLater(Backend backend, HeldLease lease) {
		if (this.lanes.health().isIdle()) {
			this.lanes.health().submit(() -> ask(backend, lease));
		}
	}

	private void ask(Backend backend, HeldLease lease) {
		BackendHealth answer;
		try {
			answer = backend.health();
		}
		catch (RuntimeException ex) {
			answer = new BackendHealth(Status.DOWN, "cannot be asked: " + ex.getMessage());
		}
		synchronized (this) {
			if (this.healthTask == null) {
				return;
			}
			BackendHealth before = this.health;
			this.health = answer;
			if (answer.status() != Status.UP && (before == null || before.status() != answer.status())) {
				logger.warn("[{}] The backend is {}: {}", this.identity, answer.status(), answer.detail());
			}
		}
		if (answer.status() == Status.STOPPED) {
			this.backendEnded.accept(lease.epoch(), answer.detail());
		}
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
			}
			catch (RuntimeException ex) {
				logger.warn("[{}] The virtual IP could not be prolonged", this.identity, ex);
			}
		}
	}

}
