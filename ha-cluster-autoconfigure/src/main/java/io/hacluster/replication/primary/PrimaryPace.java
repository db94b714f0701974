package io.hacluster.replication.primary;

import java.time.Duration;

import io.hacluster.Ticker;

/**
 * Keeps a minimum time between batches, so that what is committed meanwhile goes into
 * one. Used by the thread that ships.
 */
final class PrimaryPace {

	/**
	 * How long the thread that ships naps at most, with commits not waking it: as late
	 * may it notice that a checkpoint is due.
	 */
	private static final long NAP = Duration.ofMillis(100).toNanos();

	private final long interval;

	private final Ticker ticker;

	private long next;

	PrimaryPace(Duration interval, Ticker ticker) {
		this.interval = interval.toNanos();
		this.ticker = ticker;
		this.next = ticker.nanoTime();
	}

	/**
	 * Tells that batches of all that was committed have just been made. As long as there
	 * is more, nothing waits: a busy writer would not be caught up with.
	 */
	void level() {
		this.next = this.ticker.nanoTime() + this.interval;
	}

	/**
	 * Returns how long to do without a batch before looking again.
	 * @return nanoseconds, 0 if one may be made now
	 */
	long nap() {
		return (this.interval == 0) ? 0 : Math.max(0, Math.min(NAP, this.next - this.ticker.nanoTime()));
	}

}
