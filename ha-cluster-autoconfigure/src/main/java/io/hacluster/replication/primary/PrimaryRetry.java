package io.hacluster.replication.primary;

import java.time.Duration;

import io.hacluster.Ticker;

/**
 * When to open the log again: at once after a success, then at growing intervals.
 */
final class PrimaryRetry {

	private static final long FIRST = Duration.ofMillis(50).toNanos();

	private final long longest;

	private final PrimaryCounters counters;

	private final Ticker ticker;

	private long pause;

	private long notBefore;

	private long batches = -1;

	PrimaryRetry(Duration longest, PrimaryCounters counters, Ticker ticker) {
		this.longest = longest.toNanos();
		this.counters = counters;
		this.ticker = ticker;
	}

	/**
	 * Returns how long to wait before the next attempt. If not at all, it is counted as
	 * made.
	 * @return nanoseconds, not positive if the attempt is to be made now
	 */
	long next() {
		long wait = this.notBefore - this.ticker.nanoTime();
		if (this.pause > 0 && wait > 0) {
			return wait;
		}
		boolean succeeded = this.counters.batches.get() > this.batches;
		this.batches = this.counters.batches.get();
		this.pause = succeeded ? FIRST : Math.min(this.longest, this.pause * 2);
		this.notBefore = this.ticker.nanoTime() + this.pause;
		return 0;
	}

}
