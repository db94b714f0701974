package io.hacluster.replication.ltx;

/**
 * The rolling checksum of a whole database as LTX defines it: the XOR of the checksums of
 * its pages, in any order, with bit 63 always set. The lock page is left out. Not
 * thread-safe.
 */
public final class DatabaseChecksum {

	/**
	 * The bit that is set in every checksum, so that none is zero.
	 */
	public static final long FLAG = Long.MIN_VALUE;

	private final long lockPage;

	private final int pageSize;

	private long value = FLAG;

	/**
	 * Creates the checksum of the empty database.
	 * @param pageSize bytes a page, a power of two from 512 to 65536
	 */
	public DatabaseChecksum(int pageSize) {
		this.pageSize = pageSize;
		this.lockPage = LtxHeader.lockPage(pageSize);
	}

	/**
	 * Computes the checksum of one page.
	 * @param pgno its number, from 1 on
	 * @param page where its content is
	 * @param offset of the first byte
	 * @param length the page size
	 * @return the checksum, bit 63 set
	 */
	public static long ofPage(long pgno, byte[] page, int offset, int length) {
		Crc64 crc = new Crc64();
		crc.update(new byte[] { (byte) (pgno >>> 24), (byte) (pgno >>> 16), (byte) (pgno >>> 8), (byte) pgno }, 0, 4);
		crc.update(page, offset, length);
		return crc.value() | FLAG;
	}

	/**
	 * Adds a page, or takes away one that had been added with the same content.
	 * @param pgno its number, from 1 on; the lock page is ignored
	 * @param page where its content is
	 * @param offset of the first byte
	 */
	public void toggle(long pgno, byte[] page, int offset) {
		if (pgno != this.lockPage) {
			this.value = (this.value ^ ofPage(pgno, page, offset, this.pageSize)) | FLAG;
		}
	}

	/**
	 * Returns the checksum.
	 * @return the checksum of the pages that are in, bit 63 set
	 */
	public long value() {
		return this.value;
	}

}
