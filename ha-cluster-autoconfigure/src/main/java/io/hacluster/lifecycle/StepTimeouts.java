package io.hacluster.lifecycle;

import java.time.Duration;

/**
 * How long each step may take, each for itself: no step eats the time of another.
 *
 * @param catchUp promotion step 2
 * @param replication promotion steps 3, 4, 8 and 9; step-down steps 1, 2, 5 and 6, and
 * the final flush of step 3
 * @param vip promotion step 5, step-down step 4
 * @param backendStart promotion step 6, until the backend is healthy
 * @param backendStop step-down step 3, until the backend is killed
 * @param database promotion step 7
 * @param listeners how long a planned step-down waits for the listeners of
 * {@link io.hacluster.event.LeadershipRevokedEvent} before its first step
 */
public record StepTimeouts(Duration catchUp, Duration replication, Duration vip, Duration backendStart,
		Duration backendStop, Duration database, Duration listeners) {

	/**
	 * How long a killed backend may take to vanish, beyond its stop timeout.
	 */
	static final Duration KILL = Duration.ofSeconds(5);

	/**
	 * Creates timeouts.
	 * @throws IllegalArgumentException if one is not positive
	 */
	public StepTimeouts {
		requirePositive("catchUp", catchUp);
		requirePositive("replication", replication);
		requirePositive("vip", vip);
		requirePositive("backendStart", backendStart);
		requirePositive("backendStop", backendStop);
		requirePositive("database", database);
		requirePositive("listeners", listeners);
	}

	/**
	 * Returns the defaults: 60 s to catch up, 10 s for replication, 5 s for the virtual
	 * IP, 30 s for the database file, 2 s for listeners.
	 * @param backendStart until the backend is healthy
	 * @param backendStop until the backend is killed
	 * @return the timeouts
	 */
	public static StepTimeouts of(Duration backendStart, Duration backendStop) {
		return new StepTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(5), backendStart,
				backendStop, Duration.ofSeconds(30), Duration.ofSeconds(2));
	}

	private static void requirePositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but was " + value);
		}
	}

}
