package io.hacluster.replication.follower;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

import io.hacluster.replication.wal.WalChecksum;

/**
 * The header of SQLite's wal-index, the 48 bytes that stand twice at the beginning of the
 * {@code -shm} file, as described in <a href="https://www.sqlite.org/walformat.html">The
 * WAL-mode File Format</a>, section 2.1. All numbers are in native byte order except for
 * the salts, which are copied from the write-ahead log as they are.
 *
 * @param change counter that each transaction raises
 * @param bigEndian whether the checksums in the write-ahead log are made of big-endian
 * words
 * @param pageSize bytes a page, 0 while the write-ahead log has never been written
 * @param maxFrame number of valid frames in the write-ahead log
 * @param pageCount size of the database in pages
 * @param frameSum1 first half of the last frame's checksum
 * @param frameSum2 second half of the last frame's checksum
 * @param salt1 first salt of the write-ahead log
 * @param salt2 second salt of the write-ahead log
 */
record WalIndexHeader(int change, boolean bigEndian, int pageSize, int maxFrame, int pageCount, int frameSum1,
		int frameSum2, int salt1, int salt2) {

	static final int SIZE = 48;

	private static final int CHECKED_SIZE = 40;

	private static final int VERSION = 3007000;

	private static final int UNKNOWN_VERSION = Integer.MAX_VALUE;

	private static final int MAX_PAGE_SIZE = 65536;

	/**
	 * Reads a header.
	 * @param bytes its bytes
	 * @return the header, empty if it is not initialized, of another version, or torn
	 */
	static Optional<WalIndexHeader> decode(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
		WalChecksum sum = checksumOf(bytes);
		if (buffer.getInt(0) != VERSION || buffer.get(12) == 0 || buffer.getInt(40) != sum.first()
				|| buffer.getInt(44) != sum.second()) {
			return Optional.empty();
		}
		int size = Short.toUnsignedInt(buffer.getShort(14));
		ByteBuffer salts = ByteBuffer.wrap(bytes);
		return Optional.of(new WalIndexHeader(buffer.getInt(8), buffer.get(13) != 0, (size == 1) ? MAX_PAGE_SIZE : size,
				buffer.getInt(16), buffer.getInt(20), buffer.getInt(24), buffer.getInt(28), salts.getInt(32),
				salts.getInt(36)));
	}

	/**
	 * Writes this header.
	 * @return its bytes, with their checksum
	 */
	byte[] encode() {
		return encode(VERSION);
	}

	/**
	 * Writes a header that is sound, but of a version that no SQLite knows: it does not
	 * try to recover such an index, as it would one that is damaged.
	 * @return its bytes
	 */
	static byte[] invalid() {
		return new WalIndexHeader(0, false, 0, 0, 0, 0, 0, 0, 0).encode(UNKNOWN_VERSION);
	}

	private byte[] encode(int version) {
		byte[] bytes = new byte[SIZE];
		ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
		buffer.putInt(version).putInt(0).putInt(this.change);
		buffer.put((byte) 1).put((byte) (this.bigEndian ? 1 : 0));
		buffer.putShort((short) ((this.pageSize == MAX_PAGE_SIZE) ? 1 : this.pageSize));
		buffer.putInt(this.maxFrame).putInt(this.pageCount).putInt(this.frameSum1).putInt(this.frameSum2);
		buffer.order(ByteOrder.BIG_ENDIAN).putInt(this.salt1).putInt(this.salt2);
		buffer.order(ByteOrder.nativeOrder());
		WalChecksum sum = checksumOf(bytes);
		buffer.putInt(sum.first()).putInt(sum.second());
		return bytes;
	}

	/**
	 * Returns whether another header stands for the same frames.
	 * @param other the other header
	 * @return whether number, salts and checksum of the frames agree
	 */
	boolean hasFramesOf(WalIndexHeader other) {
		return this.maxFrame == other.maxFrame && this.salt1 == other.salt1 && this.salt2 == other.salt2
				&& this.frameSum1 == other.frameSum1 && this.frameSum2 == other.frameSum2;
	}

	private static WalChecksum checksumOf(byte[] bytes) {
		WalChecksum checksum = new WalChecksum(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
		checksum.update(bytes, 0, CHECKED_SIZE);
		return checksum;
	}

}
