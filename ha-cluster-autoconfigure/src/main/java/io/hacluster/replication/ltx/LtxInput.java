package io.hacluster.replication.ltx;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that is read in order, counted, and must not end early.
 */
final class LtxInput {

	static final int PAGE_HEADER = 6;

	private final InputStream in;

	private final byte[] buffer = new byte[16 * 1024];

	private int position;

	private int limit;

	private long offset;

	LtxInput(InputStream in) {
		this.in = in;
	}

	/**
	 * Returns how many bytes have been taken.
	 */
	long offset() {
		return this.offset;
	}

	void read(byte[] target, int from, int length, String what) throws IOException {
		int done = 0;
		while (done < length) {
			if (this.position == this.limit && !fill()) {
				throw new LtxFormatException("LTX file is truncated: it ends at byte " + (this.offset + done)
						+ ", within the " + what + " that begins at byte " + this.offset);
			}
			int count = Math.min(length - done, this.limit - this.position);
			System.arraycopy(this.buffer, this.position, target, from + done, count);
			this.position += count;
			done += count;
		}
		this.offset += length;
	}

	boolean atEnd() throws IOException {
		return this.position == this.limit && !fill();
	}

	private boolean fill() throws IOException {
		int count = this.in.read(this.buffer, 0, this.buffer.length);
		this.position = 0;
		this.limit = Math.max(count, 0);
		return count > 0;
	}

}
