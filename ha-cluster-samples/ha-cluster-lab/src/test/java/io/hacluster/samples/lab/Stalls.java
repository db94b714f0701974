package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices when this machine does not let a thread run that wants to: leaders lose their
 * leases by that, as they must, and what follows says nothing about a fault.
 */
final class Stalls implements AutoCloseable {

	private static final long PACE_NANOS = 5_000_000;

	private final Thread thread = new Thread(this::run, "lab-stalls");

	private volatile boolean closed;

	private volatile long longest;

	Stalls() {
		this.thread.setDaemon(true);
		this.thread.setPriority(Thread.NORM_PRIORITY);
		this.thread.start();
	}

	private void run() {
		long last = System.nanoTime();
		while (!this.closed) {
			LockSupport.parkNanos(PACE_NANOS);
			long now = System.nanoTime();
			this.longest = Math.max(this.longest, now - last - PACE_NANOS);
			last = now;
		}
	}

	/**
	 * Returns the longest time for which it had to wait.
	 */
	Duration longest() {
		return Duration.ofNanos(this.longest);
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
