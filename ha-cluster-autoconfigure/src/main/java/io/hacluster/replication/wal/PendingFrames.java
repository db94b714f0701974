package io.hacluster.replication.wal;

import java.util.Arrays;
import java.util.SortedMap;

/**
 * The frames of the transaction that is being scanned, as long as its commit frame has
 * not been seen: four bytes each.
 */
final class PendingFrames {

	private final int frameSize;

	private WalPosition start;

	private int[] pages = new int[64];

	private int count;

	/**
	 * Creates an empty list.
	 * @param start where the transaction begins
	 * @param frameSize bytes a frame
	 */
	PendingFrames(WalPosition start, int frameSize) {
		this.start = start;
		this.frameSize = frameSize;
	}

	/**
	 * Returns where the transaction begins.
	 */
	WalPosition start() {
		return this.start;
	}

	int count() {
		return this.count;
	}

	void add(long pgno) {
		if (this.count == this.pages.length) {
			this.pages = Arrays.copyOf(this.pages, this.count * 2);
		}
		this.pages[this.count++] = (int) pgno;
	}

	/**
	 * Ends the transaction: its pages go into the map, and the next one begins.
	 */
	void commit(SortedMap<Long, Long> target, WalPosition next) {
		long offset = this.start.offset() + WalEncoder.FRAME_HEADER;
		for (int i = 0; i < this.count; i++) {
			target.put(this.pages[i] & 0xFFFFFFFFL, offset);
			offset += this.frameSize;
		}
		this.count = 0;
		this.start = next;
	}

}
