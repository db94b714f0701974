package io.hacluster.member;

import java.time.Duration;

import io.hacluster.Ticker;

/**
 * A clock that stands still until it is told otherwise.
 */
final class ManualTicker implements Ticker {

	// Close to the overflow, which must not matter
	private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	@Override
	public long nanoTime() {
		return this.now;
	}

	void advance(Duration duration) {
		this.now += duration.toNanos();
	}

}
