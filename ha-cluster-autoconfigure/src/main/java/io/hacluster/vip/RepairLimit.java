package io.hacluster.vip;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

import io.hacluster.Ticker;

/**
 * Bounds how often an address is put back at once: against somebody who takes it away
 * each time, that would be a fight at full speed. Not thread-safe.
 */
final class RepairLimit {

	private static final int MOST = 5;

	private static final Duration WINDOW = Duration.ofSeconds(10);

	private final Ticker ticker;

	private final Deque<Long> recent = new ArrayDeque<>();

	RepairLimit(Ticker ticker) {
		this.ticker = ticker;
	}

	/**
	 * Returns whether one more is within the bound, and if so counts it.
	 */
	boolean tryRepair() {
		long now = this.ticker.nanoTime();
		while (!this.recent.isEmpty() && now - this.recent.getFirst() >= WINDOW.toNanos()) {
			this.recent.removeFirst();
		}
		if (this.recent.size() >= MOST) {
			return false;
		}
		this.recent.add(now);
		return true;
	}

}
