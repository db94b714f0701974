package io.hacluster.lifecycle;

import java.time.Duration;

/**
 * When a backend has failed, how often it is restarted here, and how long the node stays
 * out of the race when that has not helped.
 *
 * @param healthInterval how often a leader asks its backend how it is
 * @param healthTimeout how long an answer may take; without one, each interval counts as
 * a failed answer
 * @param failuresBeforeRestart how many failed answers in a row make a failure, at least
 * 1; a service that has ended has failed at once
 * @param maxRestarts how many restarts there may be within the window, 0 for none: the
 * leader then steps down at once
 * @param window the time within which restarts are counted, over all terms of the node
 * @param backoff the pause before the second restart within the window; the first follows
 * at once, and each further pause is twice the one before, up to 30 s. May be zero
 * @param cooling how long the node stays out of the race after its backend could not be
 * kept running
 */
public record SupervisionSettings(Duration healthInterval, Duration healthTimeout, int failuresBeforeRestart,
		int maxRestarts, Duration window, Duration backoff, Duration cooling) {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public SupervisionSettings {
		requirePositive("healthInterval", healthInterval);
		requirePositive("healthTimeout", healthTimeout);
		requirePositive("window", window);
		requirePositive("cooling", cooling);
		if (failuresBeforeRestart < 1) {
			throw new IllegalArgumentException(
					"'failuresBeforeRestart' must be at least 1, but was " + failuresBeforeRestart);
		}
		if (maxRestarts < 0) {
			throw new IllegalArgumentException("'maxRestarts' must not be negative, but was " + maxRestarts);
		}
		if (backoff.isNegative()) {
			throw new IllegalArgumentException("'backoff' must not be negative, but was " + backoff);
		}
	}

	private static void requirePositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but was " + value);
		}
	}

}
