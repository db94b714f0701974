package io.hacluster.operation;

import java.time.Duration;

/**
 * Wakes those who wait for something to change. Thread-safe.
 */
final class Bell {

	private long rings;

	synchronized void ring() {
		this.rings++;
		notifyAll();
	}

	synchronized long rings() {
		return this.rings;
	}

	/**
	 * Waits until it has rung since then, but not for long.
	 * @param since what {@link #rings()} was before the caller looked
	 */
	synchronized void await(long since, Duration timeout) throws InterruptedException {
		if (this.rings == since) {
			wait(Math.max(timeout.toMillis(), 1));
		}
	}

}
