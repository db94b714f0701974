package io.hacluster.replication.wal;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The first 32 bytes of a write-ahead log.
 *
 * @param bigEndianChecksums the byte order in which checksums read their words
 * @param pageSize bytes a page, a power of two from 512 to 65536
 * @param checkpointSequence counts the restarts of the log
 * @param salt1 one more at each restart
 * @param salt2 random at each restart
 * @param checksum1 first sum over the first 24 bytes
 * @param checksum2 second sum over the first 24 bytes
 * @see <a href="https://www.sqlite.org/fileformat2.html#walformat">The Write-Ahead
 * Log</a>
 */
public record WalHeader(boolean bigEndianChecksums, int pageSize, int checkpointSequence, int salt1, int salt2,
		int checksum1, int checksum2) {

	/**
	 * The length of a header, in bytes.
	 */
	public static final int SIZE = 32;

	private static final int MAGIC = 0x377F0682;

	private static final int VERSION = 3007000;

	private static final int HASHED = 24;

	/**
	 * Creates a header.
	 * @throws IllegalArgumentException if the page size is not one of SQLite's
	 */
	public WalHeader {
		if (!isPageSize(pageSize)) {
			throw new IllegalArgumentException(
					"'pageSize' must be a power of two from 512 to 65536, but was " + pageSize);
		}
	}

	/**
	 * Creates the header of a new log, with its checksum.
	 * @param bigEndianChecksums the byte order in which checksums read their words
	 * @param pageSize bytes a page
	 * @param checkpointSequence counts the restarts of the log
	 * @param salt1 first salt
	 * @param salt2 second salt
	 * @return the header
	 */
	public static WalHeader create(boolean bigEndianChecksums, int pageSize, int checkpointSequence, int salt1,
			int salt2) {
		WalHeader header = new WalHeader(bigEndianChecksums, pageSize, checkpointSequence, salt1, salt2, 0, 0);
		WalChecksum checksum = header.checksumOf(header.encode());
		return new WalHeader(bigEndianChecksums, pageSize, checkpointSequence, salt1, salt2, checksum.first(),
				checksum.second());
	}

	/**
	 * Reads a header.
	 * @param bytes at least 32 bytes
	 * @return the header; empty if it is not one that SQLite would accept, as while it is
	 * being written
	 */
	public static Optional<WalHeader> decode(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, SIZE);
		int magic = buffer.getInt();
		int version = buffer.getInt();
		int pageSize = buffer.getInt();
		if ((magic & ~1) != MAGIC || version != VERSION || !isPageSize(pageSize)) {
			return Optional.empty();
		}
		WalHeader header = new WalHeader((magic & 1) != 0, pageSize, buffer.getInt(), buffer.getInt(), buffer.getInt(),
				buffer.getInt(), buffer.getInt());
		WalChecksum checksum = header.checksumOf(bytes);
		boolean sound = checksum.first() == header.checksum1 && checksum.second() == header.checksum2;
		return sound ? Optional.of(header) : Optional.empty();
	}

	/**
	 * Writes the header.
	 * @return 32 bytes
	 */
	public byte[] encode() {
		ByteBuffer buffer = ByteBuffer.allocate(SIZE);
		buffer.putInt(this.bigEndianChecksums ? MAGIC | 1 : MAGIC).putInt(VERSION).putInt(this.pageSize);
		buffer.putInt(this.checkpointSequence).putInt(this.salt1).putInt(this.salt2);
		buffer.putInt(this.checksum1).putInt(this.checksum2);
		return buffer.array();
	}

	/**
	 * Returns the length of a frame in this log.
	 * @return the page size and the 24 bytes of the frame's header
	 */
	public int frameSize() {
		return WalEncoder.FRAME_HEADER + this.pageSize;
	}

	private WalChecksum checksumOf(byte[] bytes) {
		WalChecksum checksum = new WalChecksum(this.bigEndianChecksums);
		checksum.update(bytes, 0, HASHED);
		return checksum;
	}

	private static boolean isPageSize(int size) {
		return size >= 512 && size <= 65536 && Integer.bitCount(size) == 1;
	}

}
