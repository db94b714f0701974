package io.hacluster.replication.wal;

/**
 * A place in a write-ahead log at which a transaction has ended and the next may begin:
 * just after the header, or after a commit frame.
 *
 * @param salt1 first salt of the log
 * @param salt2 second salt of the log
 * @param offset where the next frame begins, in bytes, at least 32
 * @param checksum1 first cumulative sum up to there
 * @param checksum2 second cumulative sum up to there
 */
public record WalPosition(int salt1, int salt2, long offset, int checksum1, int checksum2) {

	/**
	 * Creates a position.
	 * @throws IllegalArgumentException if the offset lies within the header
	 */
	public WalPosition {
		if (offset < WalHeader.SIZE) {
			throw new IllegalArgumentException("'offset' must be at least 32, but was " + offset);
		}
	}

	/**
	 * Returns the place after the header of a log.
	 * @param header the header
	 * @return the position at offset 32
	 */
	public static WalPosition start(WalHeader header) {
		return new WalPosition(header.salt1(), header.salt2(), WalHeader.SIZE, header.checksum1(), header.checksum2());
	}

	/**
	 * Returns whether a header is that of the log in which this position is.
	 * @param header the header
	 * @return {@code true} if the salts are the same
	 */
	public boolean isIn(WalHeader header) {
		return this.salt1 == header.salt1() && this.salt2 == header.salt2();
	}

	@Override
	public String toString() {
		return "%08x%08x@%d".formatted(this.salt1, this.salt2, this.offset);
	}

}
