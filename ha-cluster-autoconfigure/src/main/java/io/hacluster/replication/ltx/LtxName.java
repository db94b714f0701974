package io.hacluster.replication.ltx;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an LTX file: its level and the transactions it holds. The textual form is
 * Litestream's, {@code ltx/<level>/<min>-<max>.ltx} with 16 lower-case hexadecimal digits
 * each.
 *
 * @param level 0 for shipped batches, 1 to 8 for compactions, 9 for snapshots
 * @param minTxid first transaction, at least 1
 * @param maxTxid last transaction, at least {@code minTxid}
 */
public record LtxName(int level, long minTxid, long maxTxid) implements Comparable<LtxName> {

	/**
	 * The level of shipped batches.
	 */
	public static final int LEVEL_BATCH = 0;

	/**
	 * The level of snapshots.
	 */
	public static final int LEVEL_SNAPSHOT = 9;

	/**
	 * The last transaction that is taken seriously: more than any database gets to, and
	 * so far from the end of the numbers that the next one can always be counted.
	 */
	public static final long MAX_TXID = (1L << 62) - 1;

	private static final Pattern PATTERN = Pattern.compile("ltx/([0-9])/([0-9a-f]{16})-([0-9a-f]{16})\\.ltx");

	/**
	 * Creates a name.
	 * @throws IllegalArgumentException if level or range are not legal
	 */
	public LtxName {
		if (level < LEVEL_BATCH || level > LEVEL_SNAPSHOT) {
			throw new IllegalArgumentException("'level' must be 0 to 9, but was " + level);
		}
		if (minTxid < 1 || maxTxid < minTxid) {
			throw new IllegalArgumentException(
					"'minTxid' and 'maxTxid' must be a range from 1 on, but were " + minTxid + " and " + maxTxid);
		}
	}

	/**
	 * Returns the name of a level-0 file with one transaction.
	 * @param txid the transaction
	 * @return the name
	 */
	public static LtxName batch(long txid) {
		return new LtxName(LEVEL_BATCH, txid, txid);
	}

	/**
	 * Returns the name of a snapshot.
	 * @param txid the transaction up to which it goes
	 * @return the name
	 */
	public static LtxName snapshot(long txid) {
		return new LtxName(LEVEL_SNAPSHOT, 1, txid);
	}

	/**
	 * Reads a name, which may come from a stranger.
	 * @param path the textual form
	 * @return the name, empty if the text is not one, or goes beyond {@link #MAX_TXID}
	 */
	public static Optional<LtxName> parse(String path) {
		Matcher matcher = PATTERN.matcher(path);
		if (!matcher.matches()) {
			return Optional.empty();
		}
		int level = Integer.parseInt(matcher.group(1));
		long min = Long.parseUnsignedLong(matcher.group(2), 16);
		long max = Long.parseUnsignedLong(matcher.group(3), 16);
		return (min >= 1 && max >= min && max <= MAX_TXID) ? Optional.of(new LtxName(level, min, max))
				: Optional.empty();
	}

	/**
	 * Returns the file name without its directory.
	 * @return {@code <min>-<max>.ltx}
	 */
	public String fileName() {
		return String.format(Locale.ROOT, "%016x-%016x.ltx", this.minTxid, this.maxTxid);
	}

	/**
	 * Returns the whole textual form.
	 * @return {@code ltx/<level>/<min>-<max>.ltx}
	 */
	public String path() {
		return "ltx/" + this.level + "/" + fileName();
	}

	@Override
	public int compareTo(LtxName other) {
		int byLevel = Integer.compare(this.level, other.level);
		if (byLevel != 0) {
			return byLevel;
		}
		int byMin = Long.compare(this.minTxid, other.minTxid);
		return (byMin != 0) ? byMin : Long.compare(this.maxTxid, other.maxTxid);
	}

	@Override
	public String toString() {
		return path();
	}

}
