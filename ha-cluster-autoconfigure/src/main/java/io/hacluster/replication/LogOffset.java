package io.hacluster.replication;

/**
 * A place in the one order of a log: for NATS the stream sequence, for a directory a
 * position in its listing. Comparable within one log only.
 *
 * @param value zero before the first entry
 */
public record LogOffset(long value) implements Comparable<LogOffset> {

	/**
	 * The place before the first entry.
	 */
	public static final LogOffset START = new LogOffset(0);

	@Override
	public int compareTo(LogOffset other) {
		return Long.compare(this.value, other.value);
	}

}
