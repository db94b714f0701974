package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.LeaseBoundBackend;
import io.hacluster.election.HeldLease;

/**
 * Tells a {@link LeaseBoundBackend} until when it may run: before each start, and every
 * tenth of a lease from then until it has stopped.
 * <p>
 * That time is the one at which an urgent step-down, had each of its steps taken its
 * whole budget, would itself begin to kill the backend. It lies between the end of the
 * leadership (margin before the end of the lease) and the end of the lease: an orderly
 * step-down is never cut short by somebody outside the JVM, and what is left of the
 * margin, more than half, is there for the kill, for clocks that run at different rates
 * and for the lateness of whoever kills.
 * <p>
 * Only a lease that holds at the moment of the call prolongs anything; once it is lost,
 * the time told last stands. That is never later than it would be now, for a lease is
 * only ever extended.
 */
final class BackendLease implements AutoCloseable {

	private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

	private static final Logger logger = LoggerFactory.getLogger(ClusterLifecycle.class);

	private final NodeIdentity identity;

	private final @Nullable LeaseBoundBackend backend;

	private final Duration interval;

	private final Duration beyondLeadership;

	private final ScheduledThreadPoolExecutor scheduler;

	private @Nullable ScheduledFuture<?> task;

	/**
	 * Creates it, and a thread if the backend is bound to the lease.
	 */
	BackendLease(NodeIdentity identity, @Nullable Backend backend, LifecycleSettings settings) {
		this.identity = identity;
		this.backend = (backend instanceof LeaseBoundBackend bound) ? bound : null;
		Duration tenth = settings.leaseDuration().dividedBy(10);
		this.interval = (tenth.compareTo(SHORTEST_INTERVAL) < 0) ? SHORTEST_INTERVAL : tenth;
		this.beyondLeadership = StepDownBudgets.urgent(settings.timeouts(), settings.margin()).untilKill();
		this.scheduler = new ScheduledThreadPoolExecutor(1, (run) -> {
			Thread thread = new Thread(run, "ha-backend-lease-" + identity.cluster());
			thread.setDaemon(true);
			return thread;
		});
		this.scheduler.setRemoveOnCancelPolicy(true);
	}

	/**
	 * Prolongs once, on the calling thread, and from then on at intervals. Does nothing
	 * with a lease that no longer holds.
	 */
	synchronized void begin(HeldLease lease) {
		LeaseBoundBackend bound = this.backend;
		if (bound == null || this.scheduler.isShutdown()) {
			return;
		}
		end();
		prolong(bound, lease);
		this.task = this.scheduler.scheduleAtFixedRate(() -> prolong(bound, lease), this.interval.toNanos(),
				this.interval.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Ends that, because the backend has stopped.
	 */
	synchronized void end() {
		if (this.task != null) {
			this.task.cancel(false);
			this.task = null;
		}
	}

	@Override
	public void close() {
		end();
		this.scheduler.shutdownNow();
	}

	private void prolong(LeaseBoundBackend bound, HeldLease lease) {
		if (lease.remaining().compareTo(Duration.ZERO) <= 0) {
			return;
		}
		try {
			bound.prolong(() -> lease.remaining().plus(this.beyondLeadership));
		}
		catch (RuntimeException ex) {
			// An exception would end the schedule, and with it the backend.
			logger.warn("[{}] The time of the backend could not be prolonged", this.identity, ex);
		}
	}

}
