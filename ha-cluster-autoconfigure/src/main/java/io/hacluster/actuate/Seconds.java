package io.hacluster.actuate;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Durations as the endpoint writes them.
 */
final class Seconds {

	private static final double MILLIS_PER_SECOND = 1000.0;

	private Seconds() {
	}

	static double of(Duration duration) {
		return duration.toMillis() / MILLIS_PER_SECOND;
	}

	static @Nullable Double ofNullable(@Nullable Duration duration) {
		return (duration != null) ? of(duration) : null;
	}

}
