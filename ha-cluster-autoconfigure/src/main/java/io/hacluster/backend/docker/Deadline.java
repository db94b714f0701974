package io.hacluster.backend.docker;

import java.time.Duration;

import io.hacluster.Ticker;

/**
 * How much is left of a time that several calls share.
 */
final class Deadline {

	private final long end;

	Deadline(Duration timeout) {
		this.end = Ticker.SYSTEM.nanoTime() + timeout.toNanos();
	}

	/**
	 * Returns what is left, at least a millisecond: a call without any time would not
	 * even be refused with a reason.
	 */
	Duration left() {
		return Duration.ofNanos(Math.max(1_000_000, this.end - Ticker.SYSTEM.nanoTime()));
	}

}
