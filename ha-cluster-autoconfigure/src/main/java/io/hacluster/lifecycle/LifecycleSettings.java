package io.hacluster.lifecycle;

import java.time.Duration;

/**
 * The times of a node's lifecycle.
 *
 * @param leaseDuration the duration T of the lease: how long a node stands aside after it
 * has stepped down or failed
 * @param margin the margin m between the end of leadership and the end of the lease: all
 * the time an urgent step-down has until the node is harmless
 * @param timeouts how long each step may take
 * @param supervision what is done about a backend that fails
 */
public record LifecycleSettings(Duration leaseDuration, Duration margin, StepTimeouts timeouts,
		SupervisionSettings supervision) {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if the margin is not positive or not shorter than
	 * the lease
	 */
	public LifecycleSettings {
		if (margin.isNegative() || margin.isZero() || margin.compareTo(leaseDuration) >= 0) {
			throw new IllegalArgumentException(
					"'margin' must be positive and shorter than " + leaseDuration + ", but was " + margin);
		}
	}

}
