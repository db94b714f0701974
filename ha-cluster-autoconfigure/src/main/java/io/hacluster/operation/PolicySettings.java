package io.hacluster.operation;

import java.time.Duration;

/**
 * What decides which node runs first.
 *
 * @param priority the priority of this node, 0 to 1000; 0 for a node that never leads
 * @param maxLag how far a node may be behind the log to be as good as any other
 * @param leaseDuration how long a node at most leaves the race to a better one, counted
 * from when the lease is free
 */
public record PolicySettings(int priority, Duration maxLag, Duration leaseDuration) {

	/**
	 * The greatest priority.
	 */
	public static final int MAX_PRIORITY = 1000;

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public PolicySettings {
		if (priority < 0 || priority > MAX_PRIORITY) {
			throw new IllegalArgumentException("'priority' must be 0 to " + MAX_PRIORITY + ", but was " + priority);
		}
		if (maxLag.isNegative()) {
			throw new IllegalArgumentException("'maxLag' must not be negative, but was " + maxLag);
		}
	}

}
