package io.hacluster.operation;

import java.time.Duration;
import java.util.Comparator;

import org.jspecify.annotations.Nullable;

/**
 * How good a leader a node would be. A node that is level with the log goes before one
 * that is not; among nodes that are, the higher priority goes first, and among nodes that
 * are not, the one that has applied more.
 *
 * @param level whether the node is not further behind than it may be
 * @param position the last transaction it has applied
 * @param priority its priority
 */
record Rank(boolean level, long position, int priority) implements Comparable<Rank> {

	private static final Comparator<Rank> ORDER = Comparator.comparing(Rank::level)
		.thenComparing((rank) -> rank.level ? 0 : rank.position)
		.thenComparing(Rank::priority);

	/**
	 * Ranks a node.
	 * @param lag how far it is behind, {@code null} if it replicates nothing
	 * @param position the last transaction it has applied, {@code null} like the lag
	 * @param maxLag how far it may be
	 */
	static Rank of(@Nullable Duration lag, @Nullable Long position, int priority, Duration maxLag) {
		return new Rank(lag == null || lag.compareTo(maxLag) <= 0, (position != null) ? position : 0, priority);
	}

	@Override
	public int compareTo(Rank other) {
		return ORDER.compare(this, other);
	}

}
