package io.hacluster;

/**
 * The fencing token of a term of leadership: every leader has a greater epoch than all
 * leaders before it, and receivers refuse what carries a lower one.
 *
 * @param value zero before the first term, then strictly rising
 */
public record Epoch(long value) implements Comparable<Epoch> {

	/**
	 * The epoch before any term.
	 */
	public static final Epoch NONE = new Epoch(0);

	/**
	 * Creates an epoch.
	 * @throws IllegalArgumentException if the value is negative
	 */
	public Epoch {
		if (value < 0) {
			throw new IllegalArgumentException("'value' must not be negative, but was " + value);
		}
	}

	@Override
	public int compareTo(Epoch other) {
		return Long.compare(this.value, other.value);
	}

	@Override
	public String toString() {
		return Long.toString(this.value);
	}

}
