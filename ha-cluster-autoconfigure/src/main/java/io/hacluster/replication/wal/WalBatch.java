package io.hacluster.replication.wal;

import java.util.SortedMap;

/**
 * Committed transactions that follow one another in a write-ahead log, merged: of each
 * page the last version, and none beyond the final size of the database.
 *
 * @param start where the first one begins
 * @param end where the last one ends, equal to {@code start} if there are none
 * @param commit size of the database in pages after the last one, 0 if there are none
 * @param pages by page number, the offset of the page's content in the log
 * @param transactions how many there are
 * @param frames how many frames they have
 */
public record WalBatch(WalPosition start, WalPosition end, long commit, SortedMap<Long, Long> pages, int transactions,
		long frames) {

	/**
	 * Returns whether nothing has been committed.
	 * @return {@code true} without transactions
	 */
	public boolean isEmpty() {
		return this.transactions == 0;
	}

	/**
	 * Returns where the batch begins in the log.
	 * @return offset of the first frame, in bytes
	 */
	public long walOffset() {
		return this.start.offset();
	}

	/**
	 * Returns how much of the log the batch is.
	 * @return bytes
	 */
	public long walSize() {
		return this.end.offset() - this.start.offset();
	}

}
