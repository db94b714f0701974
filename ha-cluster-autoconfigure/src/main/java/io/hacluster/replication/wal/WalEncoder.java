package io.hacluster.replication.wal;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Encodes the frames of a write-ahead log one after another, with their cumulative
 * checksums. Writes no file. Not thread-safe.
 */
public final class WalEncoder {

	/**
	 * The length of a frame's header, in bytes.
	 */
	public static final int FRAME_HEADER = 24;

	static final int FRAME_HASHED = 8;

	static final int FRAME_CHECKSUM = 16;

	private final WalHeader header;

	private final WalChecksum checksum;

	private long offset;

	/**
	 * Creates an encoder of the frames after a header.
	 * @param header the header of the log
	 */
	public WalEncoder(WalHeader header) {
		this(header, WalPosition.start(header));
	}

	/**
	 * Creates an encoder of the frames after a position.
	 * @param header the header of the log
	 * @param from where the first frame goes
	 * @throws IllegalArgumentException if the position is in another log
	 */
	public WalEncoder(WalHeader header, WalPosition from) {
		if (!from.isIn(header)) {
			throw new IllegalArgumentException("'from' must be in the log of the header, but was " + from);
		}
		this.header = header;
		this.offset = from.offset();
		this.checksum = new WalChecksum(header.bigEndianChecksums());
		this.checksum.set(from.checksum1(), from.checksum2());
	}

	/**
	 * Encodes a frame.
	 * @param pgno the page number, from 1 on
	 * @param commit size of the database in pages in the last frame of a transaction, 0
	 * in the others
	 * @param page where the content of the page is
	 * @param pageOffset of its first byte
	 * @param target takes {@link WalHeader#frameSize()} bytes
	 */
	public void encode(long pgno, long commit, byte[] page, int pageOffset, ByteBuffer target) {
		int pageSize = this.header.pageSize();
		Objects.checkFromIndexSize(pageOffset, pageSize, page.length);
		byte[] bytes = new byte[FRAME_HEADER];
		ByteBuffer frame = ByteBuffer.wrap(bytes);
		frame.putInt((int) pgno).putInt((int) commit).putInt(this.header.salt1()).putInt(this.header.salt2());
		this.checksum.update(bytes, 0, FRAME_HASHED);
		this.checksum.update(page, pageOffset, pageSize);
		frame.putInt(this.checksum.first()).putInt(this.checksum.second());
		target.put(bytes).put(page, pageOffset, pageSize);
		this.offset += this.header.frameSize();
	}

	/**
	 * Returns where the next frame goes. After a commit frame, a place to resume from.
	 * @return the position
	 */
	public WalPosition position() {
		return new WalPosition(this.header.salt1(), this.header.salt2(), this.offset, this.checksum.first(),
				this.checksum.second());
	}

}
