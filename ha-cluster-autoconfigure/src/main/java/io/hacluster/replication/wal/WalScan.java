package io.hacluster.replication.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Goes over the valid frames of a log from a position on, read in bulk. It ends at the
 * first frame that is not wholly there, or has other salts or a wrong checksum: there the
 * log ends, or its writer is still at work.
 */
final class WalScan {

	private static final int BULK = 256 * 1024;

	/**
	 * The first read is small: what follows a small transaction is often what an earlier
	 * run of the log has left.
	 */
	private static final int FIRST_READ = 32 * 1024;

	private final FileChannel channel;

	private final WalHeader header;

	private final WalChecksum checksum;

	private final ByteBuffer buffer;

	private int readSize = FIRST_READ;

	private long offset;

	private long pgno;

	private long commit;

	WalScan(FileChannel channel, WalHeader header, WalPosition from, ByteBuffer buffer) {
		this.channel = channel;
		this.header = header;
		this.checksum = new WalChecksum(header.bigEndianChecksums());
		this.checksum.set(from.checksum1(), from.checksum2());
		this.offset = from.offset();
		this.buffer = buffer;
		this.buffer.clear().limit(0);
	}

	static ByteBuffer buffer(int frameSize) {
		return ByteBuffer.allocate(Math.max(1, BULK / frameSize) * frameSize);
	}

	/**
	 * Goes to the next frame.
	 * @return {@code false} if no valid one follows
	 */
	boolean next() throws IOException {
		int frameSize = this.header.frameSize();
		if (this.buffer.remaining() < frameSize && !fill(frameSize)) {
			return false;
		}
		int start = this.buffer.position();
		this.pgno = this.buffer.getInt() & 0xFFFFFFFFL;
		this.commit = this.buffer.getInt() & 0xFFFFFFFFL;
		if (this.pgno == 0 || this.buffer.getInt() != this.header.salt1()
				|| this.buffer.getInt() != this.header.salt2()) {
			return false;
		}
		byte[] bytes = this.buffer.array();
		this.checksum.update(bytes, start, WalEncoder.FRAME_HASHED);
		this.checksum.update(bytes, start + WalEncoder.FRAME_HEADER, this.header.pageSize());
		if (this.buffer.getInt() != this.checksum.first() || this.buffer.getInt() != this.checksum.second()) {
			return false;
		}
		this.buffer.position(start + frameSize);
		this.offset += frameSize;
		return true;
	}

	long pgno() {
		return this.pgno;
	}

	/**
	 * Returns the size of the database in pages if the current frame ends a transaction,
	 * otherwise 0.
	 */
	long commit() {
		return this.commit;
	}

	/**
	 * Returns where the next frame begins.
	 */
	long offset() {
		return this.offset;
	}

	/**
	 * Returns the place after the current frame.
	 */
	WalPosition position() {
		return new WalPosition(this.header.salt1(), this.header.salt2(), this.offset, this.checksum.first(),
				this.checksum.second());
	}

	private boolean fill(int frameSize) throws IOException {
		this.buffer.compact();
		this.buffer.limit(Math.min(this.buffer.capacity(), Math.max(this.readSize, frameSize)));
		this.readSize = BULK;
		long from = this.offset + this.buffer.position();
		while (this.buffer.hasRemaining()) {
			int count = this.channel.read(this.buffer, from);
			if (count <= 0) {
				break;
			}
			from += count;
		}
		this.buffer.flip();
		return this.buffer.remaining() >= frameSize;
	}

}
