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
 * @param walLimit bytes to which the replica's write-ahead log grows while a reader keeps
 * it from being emptied
 * @param readerDelay how long applying waits then for the reader; after that the replica
 * goes on in a copy
 */
public record FollowerSettings(int checkpointPages, Duration durableInterval, Duration retry, Duration closeTimeout,
		long walLimit, Duration readerDelay) {

	private static final long WAL_LIMIT = 256L << 20;

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public FollowerSettings {
		if (checkpointPages < 1 || durableInterval.isNegative() || durableInterval.isZero() || retry.isNegative()
				|| retry.isZero() || closeTimeout.isNegative() || closeTimeout.isZero() || walLimit < 1) {
			throw new IllegalArgumentException("All settings of a follower must be positive");
		}
		if (readerDelay.isNegative()) {
			throw new IllegalArgumentException("'readerDelay' must not be negative");
		}
	}

	/**
	 * Creates settings with a limit of 256 MB and a delay of 5 s.
	 * @param checkpointPages frames from which on a checkpoint is made
	 * @param durableInterval how often the position is made durable
	 * @param retry pause before another attempt
	 * @param closeTimeout how long a checkpoint under way is waited for
	 */
	public FollowerSettings(int checkpointPages, Duration durableInterval, Duration retry, Duration closeTimeout) {
		this(checkpointPages, durableInterval, retry, closeTimeout, WAL_LIMIT, Duration.ofSeconds(5));
	}

	/**
	 * Returns these settings with other bounds for readers.
	 * @param limit bytes of the write-ahead log
	 * @param delay how long to wait for readers
	 * @return the settings
	 */
	public FollowerSettings withReaders(long limit, Duration delay) {
		return new FollowerSettings(this.checkpointPages, this.durableInterval, this.retry, this.closeTimeout, limit,
				delay);
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
