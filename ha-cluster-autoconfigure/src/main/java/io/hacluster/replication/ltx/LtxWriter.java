package io.hacluster.replication.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Writes one LTX v3 file, page by page in ascending order. Uses memory for one page and
 * about ten bytes for each page written (the index), of which all but 1 MiB can be kept
 * in a directory. A file that is not finished has no trailer, so no reader accepts it.
 * Not thread-safe.
 */
public final class LtxWriter implements Closeable {

	private static final int FRAME_HEADER = 10;

	private static final int FLAG_BLOCK = 1;

	private final OutputStream out;

	private final LtxHeader header;

	private final BlockCompressor compressor;

	private final PageOrder order;

	private final IndexStore indexStore;

	private final PageIndex index;

	private final Crc64 crc = new Crc64();

	private final byte[] page;

	private final byte[] frame;

	private final @Nullable DatabaseChecksum checksum;

	private long position;

	private boolean finished;

	/**
	 * Writes the header.
	 * @param out where the file goes; one write for each page, so it needs no buffer if
	 * it bears that
	 * @param header the header
	 * @throws IOException if the stream fails
	 */
	public LtxWriter(OutputStream out, LtxHeader header) throws IOException {
		this(out, header, Lz4.COMPRESSOR::compress, null);
	}

	/**
	 * Writes the header of a file that may be large.
	 * @param out as above
	 * @param header the header
	 * @param directory where the index is kept beyond 1 MiB until the file is finished or
	 * closed
	 * @throws IOException if the stream fails
	 */
	public LtxWriter(OutputStream out, LtxHeader header, Path directory) throws IOException {
		this(out, header, Lz4.COMPRESSOR::compress, directory);
	}

	LtxWriter(OutputStream out, LtxHeader header, BlockCompressor compressor, @Nullable Path directory)
			throws IOException {
		this.indexStore = new IndexStore(directory);
		this.index = new PageIndex(this.indexStore::add);
		this.out = out;
		this.header = header;
		this.compressor = compressor;
		this.order = new PageOrder(header);
		this.page = new byte[header.pageSize()];
		this.frame = new byte[FRAME_HEADER + Lz4.bound(header.pageSize())];
		this.checksum = (header.hasChecksum() && header.isSnapshot()) ? new DatabaseChecksum(header.pageSize()) : null;
		byte[] encoded = header.encode();
		writeHashed(encoded, encoded.length);
	}

	/**
	 * Writes a page.
	 * @param pgno its number: greater than the one before, at most the header's commit,
	 * not the lock page; in a snapshot without a gap
	 * @param content where its bytes are
	 * @param offset of the first byte; as many as a page has follow
	 * @throws LtxFormatException if the number is not allowed here
	 * @throws IOException if the stream fails
	 */
	public void writePage(long pgno, byte[] content, int offset) throws IOException {
		int pageSize = this.header.pageSize();
		Objects.checkFromIndexSize(offset, pageSize, content.length);
		requireUnfinished();
		this.order.next(pgno, this.position);
		int length = this.compressor.compress(content, offset, pageSize, this.frame, FRAME_HEADER,
				this.frame.length - FRAME_HEADER);
		writeFrame(pgno, content, offset, length);
	}

	/**
	 * Copies the current page of another file, without compressing it again if it is
	 * stored there in the form that is written here.
	 */
	void copyPage(LtxReader from) throws IOException {
		int length = from.blockLength();
		if (length == 0) {
			writePage(from.pgno(), from.page(), 0);
			return;
		}
		requireUnfinished();
		this.order.next(from.pgno(), this.position);
		System.arraycopy(from.block(), 0, this.frame, FRAME_HEADER, length);
		writeFrame(from.pgno(), from.page(), 0, length);
	}

	private void writeFrame(long pgno, byte[] content, int offset, int length) throws IOException {
		ByteBuffer.wrap(this.frame).putInt((int) pgno).putShort((short) FLAG_BLOCK).putInt(length);
		this.crc.update(this.frame, 0, FRAME_HEADER);
		this.crc.update(content, offset, this.header.pageSize());
		if (this.checksum != null) {
			this.checksum.toggle(pgno, content, offset);
		}
		this.index.add(pgno, this.position, FRAME_HEADER + length);
		write(this.frame, FRAME_HEADER + length);
	}

	/**
	 * Writes a page.
	 * @param pgno its number, as above
	 * @param content its bytes, from the buffer's position on; the position moves behind
	 * them
	 * @throws LtxFormatException if the number is not allowed here
	 * @throws IOException if the stream fails
	 */
	public void writePage(long pgno, ByteBuffer content) throws IOException {
		content.get(this.page);
		writePage(pgno, this.page, 0);
	}

	/**
	 * Writes the index and the trailer and flushes the stream. For files without rolling
	 * checksums, and for snapshots, whose checksum is computed here.
	 * @return the trailer
	 * @throws LtxFormatException if a snapshot lacks pages
	 * @throws IllegalStateException if the header demands a checksum that must be given
	 * @throws IOException if the stream fails
	 */
	public LtxTrailer finish() throws IOException {
		if (this.checksum != null) {
			return end(this.checksum.value());
		}
		if (this.header.hasChecksum()) {
			throw new IllegalStateException("This LTX file needs the rolling checksum of the database");
		}
		return end(0);
	}

	/**
	 * Writes the index and a trailer with a known rolling checksum, and flushes the
	 * stream.
	 * @param postApplyChecksum the checksum of the database with this file applied
	 * @return the trailer
	 * @throws LtxFormatException if a snapshot lacks pages, or if it is not the checksum
	 * of its pages, or none is allowed
	 * @throws IOException if the stream fails
	 */
	public LtxTrailer finish(long postApplyChecksum) throws IOException {
		if (!this.header.hasChecksum() || postApplyChecksum >= 0
				|| (this.checksum != null && this.checksum.value() != postApplyChecksum)) {
			throw new LtxFormatException(
					"LTX post-apply checksum 0x" + Long.toHexString(postApplyChecksum) + " does not fit this file");
		}
		return end(postApplyChecksum);
	}

	/**
	 * Returns how much has been written.
	 * @return bytes, the length of the file once it is finished
	 */
	public long size() {
		return this.position;
	}

	/**
	 * Closes the stream without finishing the file.
	 * @throws IOException if the stream fails
	 */
	@Override
	public void close() throws IOException {
		this.indexStore.close();
		this.out.close();
	}

	private LtxTrailer end(long postApplyChecksum) throws IOException {
		requireUnfinished();
		this.order.end(this.position);
		this.finished = true;
		writeHashed(new byte[LtxInput.PAGE_HEADER], LtxInput.PAGE_HEADER);
		this.index.end();
		this.indexStore.forEachChunk(this::writeHashed);
		this.indexStore.close();
		byte[] bytes = new byte[LtxTrailer.SIZE];
		ByteBuffer.wrap(bytes).putLong(postApplyChecksum);
		this.crc.update(bytes, 0, Long.BYTES);
		LtxTrailer trailer = new LtxTrailer(postApplyChecksum, this.crc.value() | DatabaseChecksum.FLAG);
		ByteBuffer.wrap(bytes).putLong(Long.BYTES, trailer.fileChecksum());
		write(bytes, bytes.length);
		this.out.flush();
		return trailer;
	}

	private void writeHashed(byte[] bytes, int length) throws IOException {
		this.crc.update(bytes, 0, length);
		write(bytes, length);
	}

	private void write(byte[] bytes, int length) throws IOException {
		this.out.write(bytes, 0, length);
		this.position += length;
	}

	private void requireUnfinished() {
		if (this.finished) {
			throw new IllegalStateException("This LTX file is finished");
		}
	}

	/**
	 * Compresses a page into one raw LZ4 block.
	 */
	@FunctionalInterface
	interface BlockCompressor {

		int compress(byte[] source, int offset, int length, byte[] target, int targetOffset, int space);

	}

}
