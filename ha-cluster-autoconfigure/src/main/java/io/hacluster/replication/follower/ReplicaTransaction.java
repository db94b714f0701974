package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

import io.hacluster.replication.wal.WalEncoder;
import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;

/**
 * One transaction in the write-ahead log of a replica. A page may be given more than
 * once, the last one counts; so the changes of several transactions can be merged by
 * giving them one after the other. Until {@link #commit(long)} has returned, no reader
 * sees anything of it, and frames that it has written are overwritten by the next one.
 * Not thread-safe.
 */
final class ReplicaTransaction implements AutoCloseable {

	private final FileChannel log;

	private final WalIndexHeader before;

	private final Publisher publisher;

	private final Unlocker unlocker;

	private final WalHeader logHeader;

	private final WalEncoder encoder;

	private final ByteBuffer buffer;

	private final byte[] held;

	private int[] pages = new int[64];

	private int count;

	private long writeOffset;

	private boolean open = true;

	ReplicaTransaction(FileChannel log, WalHeader logHeader, WalIndexHeader before, ByteBuffer buffer,
			Publisher publisher, Unlocker unlocker) {
		this.log = log;
		this.logHeader = logHeader;
		this.before = before;
		this.publisher = publisher;
		this.unlocker = unlocker;
		WalPosition start = start(logHeader, before);
		this.encoder = new WalEncoder(logHeader, start);
		this.writeOffset = start.offset();
		this.held = new byte[logHeader.pageSize()];
		this.buffer = buffer.clear();
	}

	/**
	 * Adds a page.
	 * @param page the page number
	 * @param content its bytes, copied
	 * @throws IOException if the log cannot be written
	 */
	void append(long page, byte[] content) throws IOException {
		// The last frame alone names the size of the database, so it is held back
		if (this.count > 0) {
			encodeHeld(0);
		}
		System.arraycopy(content, 0, this.held, 0, this.held.length);
		if (this.count == this.pages.length) {
			this.pages = Arrays.copyOf(this.pages, 2 * this.count);
		}
		this.pages[this.count++] = (int) page;
	}

	/**
	 * Makes the transaction visible to readers and ends it.
	 * @param pageCount size of the database in pages from now on
	 * @throws IOException if the log or its index cannot be written
	 */
	void commit(long pageCount) throws IOException {
		if (this.count > 0) {
			encodeHeld(pageCount);
			flush();
			WalPosition end = this.encoder.position();
			WalIndexHeader header = new WalIndexHeader(this.before.change() + 1, this.logHeader.bigEndianChecksums(),
					this.logHeader.pageSize(), this.before.maxFrame() + this.count, (int) pageCount, end.checksum1(),
					end.checksum2(), end.salt1(), end.salt2());
			this.publisher.publish(header, this.before.maxFrame(), this.pages, this.count);
		}
		close();
	}

	/**
	 * Returns how many frames have been added.
	 * @return the number of frames
	 */
	int size() {
		return this.count;
	}

	/**
	 * Ends the transaction; without a commit nothing of it will be seen.
	 */
	@Override
	public void close() throws IOException {
		if (this.open) {
			this.open = false;
			this.unlocker.unlock();
		}
	}

	private void encodeHeld(long pageCount) throws IOException {
		if (this.buffer.remaining() < this.logHeader.frameSize()) {
			flush();
		}
		this.encoder.encode(Integer.toUnsignedLong(this.pages[this.count - 1]), pageCount, this.held, 0, this.buffer);
	}

	private void flush() throws IOException {
		this.buffer.flip();
		int length = this.buffer.remaining();
		writeFully(this.log, this.buffer, this.writeOffset);
		this.writeOffset += length;
		this.buffer.clear();
	}

	static void writeFully(FileChannel channel, ByteBuffer source, long offset) throws IOException {
		long position = offset;
		while (source.hasRemaining()) {
			position += channel.write(source, position);
		}
	}

	private static WalPosition start(WalHeader logHeader, WalIndexHeader before) {
		if (before.maxFrame() == 0) {
			return WalPosition.start(logHeader);
		}
		long offset = WalHeader.SIZE + (long) before.maxFrame() * logHeader.frameSize();
		return new WalPosition(before.salt1(), before.salt2(), offset, before.frameSum1(), before.frameSum2());
	}

	/**
	 * Makes frames visible to readers.
	 */
	@FunctionalInterface
	interface Publisher {

		void publish(WalIndexHeader header, int before, int[] pages, int count) throws IOException;

	}

	/**
	 * Gives the write lock back.
	 */
	@FunctionalInterface
	interface Unlocker {

		void unlock() throws IOException;

	}

}
