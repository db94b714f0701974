package io.hacluster.operation;

import java.time.Duration;

/**
 * Wakes those who wait for something to change. Thread-safe.
 */
final class Bell {

	private long rings;

	private boolean closed;

	synchronized void ring() {
		this.rings++;
		notifyAll();
	}

	/**
	 * Lets nobody wait any more.
	 */
	synchronized void close() {
		this.closed = true;
		ring();
	}

	/**
	 * Lets them wait again.
	 */
	synchronized void open() {
		this.closed = false;
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	synchronized long rings() {
		return this.rings;
	}

	/**
	 * Waits until it has rung since then, but not for long.
	 * @param since what {@link #rings()} was before the caller looked
	 */
	synchronized void await(long since, Duration timeout) throws InterruptedException {
		if (this.rings == since && !this.closed) {
			wait(Math.max(timeout.toMillis(), 1));
		}
	}

}
