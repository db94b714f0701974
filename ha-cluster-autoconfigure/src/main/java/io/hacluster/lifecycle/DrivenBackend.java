package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.hacluster.Ticker;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.election.HeldLease;

/**
 * A backend as the sequences drive it: under the lease, and with its supervisor told what
 * is done to it.
 */
final class DrivenBackend {

	private static final long FIRST_PAUSE_MILLIS = 5;

	private static final long LONGEST_PAUSE_MILLIS = 100;

	private final Backend backend;

	private final BackendLease backendLease;

	private final BackendSupervisor supervisor;

	private final CountDownLatch never = new CountDownLatch(1);

	DrivenBackend(Backend backend, BackendLease backendLease, BackendSupervisor supervisor) {
		this.backend = backend;
		this.backendLease = backendLease;
		this.supervisor = supervisor;
	}

	/**
	 * Starts the service and waits until it is healthy.
	 * @throws BackendException if the lease no longer holds, or the service does not
	 * start or ends again
	 * @throws TimeoutException if it is not healthy in time
	 */
	void start(HeldLease lease, Duration timeout) throws InterruptedException, TimeoutException {
		if (!lease.isValid()) {
			throw new BackendException("Not started: the lease no longer holds");
		}
		this.supervisor.starting(lease);
		this.backendLease.begin(lease);
		long deadline = Ticker.SYSTEM.nanoTime() + timeout.toNanos();
		this.backend.start(timeout);
		this.supervisor.started(awaitHealthy(deadline, timeout));
	}

	/**
	 * Stops the service. Afterwards it is no longer bound to the lease.
	 * @throws BackendException if it may still be running
	 */
	void stop(Duration timeout) {
		this.supervisor.stopping();
		this.backend.stop(timeout);
		this.backendLease.end();
		this.supervisor.stopped();
	}

	private BackendHealth awaitHealthy(long deadline, Duration timeout) throws InterruptedException, TimeoutException {
		long pause = FIRST_PAUSE_MILLIS;
		BackendHealth health = this.backend.health();
		while (health.status() != Status.UP) {
			if (health.status() == Status.STOPPED) {
				throw new BackendException("The backend " + health.detail());
			}
			if (this.supervisor.ended() != null) {
				throw new BackendException("The backend " + this.supervisor.ended());
			}
			long left = TimeUnit.NANOSECONDS.toMillis(deadline - Ticker.SYSTEM.nanoTime());
			if (left <= 0) {
				throw new TimeoutException(
						"The backend is not healthy after " + timeout.toMillis() + " ms: " + health.detail());
			}
			if (this.never.await(Math.min(pause, left), TimeUnit.MILLISECONDS)) {
				throw new IllegalStateException("Nobody counts this down");
			}
			pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
			health = this.backend.health();
		}
		return health;
	}

}
