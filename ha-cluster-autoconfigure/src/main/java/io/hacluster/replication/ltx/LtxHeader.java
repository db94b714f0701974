package io.hacluster.replication.ltx;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The first 100 bytes of an LTX v3 file. An instance is always valid.
 *
 * @param flags {@link #FLAG_NO_CHECKSUM} or 0
 * @param pageSize bytes a page, a power of two from 512 to 65536
 * @param commit size of the database after this file, in pages, 0 to 2^32-1
 * @param minTxid first transaction, at least 1; a file that begins with 1 is a snapshot
 * @param maxTxid last transaction, from {@code minTxid} to {@link LtxName#MAX_TXID}
 * @param timestamp milliseconds since the epoch
 * @param preApplyChecksum rolling checksum of the database before this file, 0 in a
 * snapshot and without checksums
 * @param walOffset where in the write-ahead log the content began, 0 if unknown
 * @param walSize how many bytes of the write-ahead log it came from
 * @param walSalt1 first salt of that log
 * @param walSalt2 second salt of that log
 * @param nodeId the writer, 0 if unset; in files of this project the epoch of the leader
 */
public record LtxHeader(int flags, int pageSize, long commit, long minTxid, long maxTxid, long timestamp,
		long preApplyChecksum, long walOffset, long walSize, int walSalt1, int walSalt2, long nodeId) {

	/**
	 * The flag of a file that carries no rolling checksum of the database.
	 */
	public static final int FLAG_NO_CHECKSUM = 0x2;

	static final int SIZE = 100;

	static final int MIN_PAGE_SIZE = 512;

	static final int MAX_PAGE_SIZE = 65536;

	static final long MAX_PGNO = 0xFFFFFFFFL;

	private static final int MAGIC = 0x4C545831;

	private static final int RESERVED_FROM = 80;

	private static final long PENDING_BYTE = 0x40000000L;

	/**
	 * Creates a header.
	 * @throws LtxFormatException if the values contradict the format
	 */
	public LtxHeader {
		check((flags & ~FLAG_NO_CHECKSUM) == 0, "flags 0x%x at byte 4 are unknown", flags);
		check(isPageSize(pageSize), "page size %d at byte 8 is not a power of two from 512 to 65536", pageSize);
		check(commit >= 0 && commit <= MAX_PGNO, "commit %d at byte 12 is not a number of pages", commit);
		check(minTxid >= 1, "first transaction 0x%x at byte 16 is out of range", minTxid);
		check(maxTxid >= minTxid, "last transaction 0x%x at byte 24 is before the first, 0x%x", maxTxid, minTxid);
		check(maxTxid <= LtxName.MAX_TXID, "last transaction 0x%x at byte 24 is out of range", maxTxid);
		check(walOffset >= 0, "WAL offset %d at byte 48 is negative", walOffset);
		check(walSize >= 0, "WAL size %d at byte 56 is negative", walSize);
		check(walOffset != 0 || walSize == 0, "WAL size %d at byte 56 without a WAL offset", walSize);
		check(walOffset != 0 || (walSalt1 | walSalt2) == 0, "WAL salts at byte 64 without a WAL offset");
		boolean preApplyExpected = minTxid > 1 && (flags & FLAG_NO_CHECKSUM) == 0;
		check(preApplyExpected || preApplyChecksum == 0, "pre-apply checksum 0x%x at byte 40 is not allowed in a %s",
				preApplyChecksum, (minTxid == 1) ? "snapshot" : "file without checksums");
		check(!preApplyExpected || preApplyChecksum < 0, "pre-apply checksum 0x%x at byte 40 lacks bit 63",
				preApplyChecksum);
	}

	/**
	 * Creates the header of a file without rolling checksums that names no place in a
	 * write-ahead log.
	 * @param pageSize bytes a page
	 * @param commit size of the database in pages
	 * @param minTxid first transaction
	 * @param maxTxid last transaction
	 * @param timestamp milliseconds since the epoch
	 * @return the header
	 * @throws LtxFormatException if the values contradict the format
	 */
	public static LtxHeader noChecksum(int pageSize, long commit, long minTxid, long maxTxid, long timestamp) {
		return new LtxHeader(FLAG_NO_CHECKSUM, pageSize, commit, minTxid, maxTxid, timestamp, 0, 0, 0, 0, 0, 0);
	}

	/**
	 * Returns the number of the page that holds SQLite's lock bytes and never any data.
	 * @param pageSize bytes a page
	 * @return the page number
	 */
	public static long lockPage(int pageSize) {
		return PENDING_BYTE / pageSize + 1;
	}

	/**
	 * Returns a copy that names the range of the write-ahead log which it came from.
	 * @param offset first byte, not 0
	 * @param size number of bytes
	 * @param salt1 first salt
	 * @param salt2 second salt
	 * @return the copy
	 * @throws LtxFormatException if the values contradict the format
	 */
	public LtxHeader withWal(long offset, long size, int salt1, int salt2) {
		return new LtxHeader(this.flags, this.pageSize, this.commit, this.minTxid, this.maxTxid, this.timestamp,
				this.preApplyChecksum, offset, size, salt1, salt2, this.nodeId);
	}

	/**
	 * Returns a copy that names its writer.
	 * @param id the writer
	 * @return the copy
	 */
	public LtxHeader withNodeId(long id) {
		return new LtxHeader(this.flags, this.pageSize, this.commit, this.minTxid, this.maxTxid, this.timestamp,
				this.preApplyChecksum, this.walOffset, this.walSize, this.walSalt1, this.walSalt2, id);
	}

	/**
	 * Returns whether the file holds the whole database.
	 * @return {@code true} if it begins with transaction 1
	 */
	public boolean isSnapshot() {
		return this.minTxid == 1;
	}

	/**
	 * Returns whether the file carries rolling checksums of the database.
	 * @return {@code true} without {@link #FLAG_NO_CHECKSUM}
	 */
	public boolean hasChecksum() {
		return (this.flags & FLAG_NO_CHECKSUM) == 0;
	}

	/**
	 * Returns the number of the page that no file holds.
	 * @return the page number
	 */
	public long lockPage() {
		return lockPage(this.pageSize);
	}

	byte[] encode() {
		ByteBuffer buffer = ByteBuffer.allocate(SIZE);
		buffer.putInt(MAGIC).putInt(this.flags).putInt(this.pageSize).putInt((int) this.commit);
		buffer.putLong(this.minTxid).putLong(this.maxTxid).putLong(this.timestamp).putLong(this.preApplyChecksum);
		buffer.putLong(this.walOffset).putLong(this.walSize).putInt(this.walSalt1).putInt(this.walSalt2);
		buffer.putLong(this.nodeId);
		return buffer.array();
	}

	static LtxHeader decode(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, SIZE);
		check(buffer.getInt() == MAGIC, "it does not begin with 'LTX1'");
		LtxHeader header = new LtxHeader(buffer.getInt(), buffer.getInt(), buffer.getInt() & MAX_PGNO, buffer.getLong(),
				buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong(),
				buffer.getInt(), buffer.getInt(), buffer.getLong());
		for (int i = RESERVED_FROM; i < SIZE; i++) {
			check(bytes[i] == 0, "reserved byte %d is not zero", i);
		}
		return header;
	}

	private static boolean isPageSize(int size) {
		return size >= MIN_PAGE_SIZE && size <= MAX_PAGE_SIZE && Integer.bitCount(size) == 1;
	}

	private static void check(boolean condition, String message, Object... arguments) {
		if (!condition) {
			throw new LtxFormatException("Not a sound LTX header: " + String.format(Locale.ROOT, message, arguments));
		}
	}

}
