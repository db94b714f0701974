package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.hacluster.Ticker;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.election.HeldLease;

/**
 * Starts a backend and waits until it is healthy.
 */
final class BackendStart {

	private static final long FIRST_PAUSE_MILLIS = 5;

	private static final long LONGEST_PAUSE_MILLIS = 100;

	private final Backend backend;

	private final BackendLease backendLease;

	private final HeldLease lease;

	private final CountDownLatch never = new CountDownLatch(1);

	BackendStart(Backend backend, BackendLease backendLease, HeldLease lease) {
		this.backend = backend;
		this.backendLease = backendLease;
		this.lease = lease;
	}

	/**
	 * Starts and waits.
	 * @throws BackendException if the lease no longer holds, or the backend does not
	 * start, ends again, or is not healthy in time
	 */
	void run(Duration timeout) throws InterruptedException {
		long deadline = Ticker.SYSTEM.nanoTime() + timeout.toNanos();
		if (!this.lease.isValid()) {
			throw new BackendException("Not started: the lease no longer holds");
		}
		this.backendLease.begin(this.lease);
		this.backend.start(timeout);
		long pause = FIRST_PAUSE_MILLIS;
		BackendHealth health = this.backend.health();
		while (health.status() != Status.UP) {
			if (health.status() == Status.STOPPED) {
				throw new BackendException("The backend " + health.detail());
			}
			if (Ticker.SYSTEM.nanoTime() - deadline >= 0) {
				throw new BackendException(
						"The backend is not healthy after " + timeout.toMillis() + " ms: " + health.detail());
			}
			if (this.never.await(pause, TimeUnit.MILLISECONDS)) {
				throw new IllegalStateException("Nobody counts this down");
			}
			pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
			health = this.backend.health();
		}
	}

}
