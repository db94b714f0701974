package io.hacluster.replication.follower;

import java.time.Duration;

/**
 * How a follower works.
 *
 * @param checkpointPages frames in the replica's write-ahead log from which on a
 * checkpoint is made; at least 1
 * @param durableInterval how often the position is made durable while transactions come;
 * after a crash at most that much is applied again
 * @param retry pause before another attempt after the log could not be read, or a file in
 * it was not sound and nothing else covers it
 * @param closeTimeout how long a checkpoint under way is waited for
 */
public record FollowerSettings(int checkpointPages, Duration durableInterval, Duration retry, Duration closeTimeout) {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public FollowerSettings {
		if (checkpointPages < 1 || durableInterval.isNegative() || durableInterval.isZero() || retry.isNegative()
				|| retry.isZero() || closeTimeout.isNegative() || closeTimeout.isZero()) {
			throw new IllegalArgumentException("All settings of a follower must be positive");
		}
	}

	/**
	 * Returns the settings used unless told otherwise.
	 * @param checkpointPages frames from which on a checkpoint is made
	 * @return the settings, with 10 s, 1 s and 10 s
	 */
	public static FollowerSettings of(int checkpointPages) {
		return new FollowerSettings(checkpointPages, Duration.ofSeconds(10), Duration.ofSeconds(1),
				Duration.ofSeconds(10));
	}

}
