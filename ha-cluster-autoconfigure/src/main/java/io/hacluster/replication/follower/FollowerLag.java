package io.hacluster.replication.follower;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;

/**
 * Tells how long the log has been ahead of the replica. What came while the follower was
 * level with the log is younger than that moment, whatever the clocks of two machines
 * say; only for a backlog that was there from the beginning their difference counts.
 * Thread-safe.
 */
final class FollowerLag {

	private final Clock clock;

	private final Ticker ticker;

	private volatile long levelAt;

	private volatile boolean everLevel;

	FollowerLag(Clock clock, Ticker ticker) {
		this.clock = clock;
		this.ticker = ticker;
		this.levelAt = ticker.nanoTime();
	}

	/**
	 * Notes that all has been applied that the log held at a time.
	 * @param at when, by the ticker
	 */
	void level(long at) {
		this.levelAt = at;
		this.everLevel = true;
	}

	/**
	 * Estimates when a file that comes now was shipped.
	 * @param timestamp what the leader's clock said
	 * @return when, by the ticker; never later than now
	 */
	long shippedAt(Instant timestamp) {
		long now = this.ticker.nanoTime();
		Duration age = Duration.between(timestamp, this.clock.instant());
		Duration atMost = this.everLevel ? Duration.ofNanos(now - this.levelAt) : age;
		Duration since = (age.compareTo(atMost) < 0) ? age : atMost;
		return now - (since.isNegative() ? 0 : since.toNanos());
	}

	/**
	 * Returns how long the replica has been behind.
	 * @param oldest when the oldest file was shipped that has come and is not applied,
	 * null if there is none
	 * @param blind whether the log is not heard of, or leads nowhere
	 * @param behind whether the log is known to hold more than the replica
	 * @return the lag, zero if level; counted from the last news where there are none
	 */
	Duration lag(@Nullable Long oldest, boolean blind, boolean behind) {
		long now = this.ticker.nanoTime();
		long lag = (oldest != null) ? now - oldest : 0;
		if (blind || (behind && oldest == null)) {
			lag = Math.max(lag, now - this.levelAt);
		}
		return Duration.ofNanos(Math.max(0, lag));
	}

}
