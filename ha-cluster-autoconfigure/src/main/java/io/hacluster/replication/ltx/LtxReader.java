package io.hacluster.replication.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Reads one LTX v3 file strictly, page by page. Pages are handed out before the file's
 * checksum, which stands at its end, has been seen: the file is sound only when
 * {@link #next()} has returned {@code false}. Whoever must not act on an unsound file
 * calls {@link #verify(InputStream)} first. Uses memory for one page and its compressed
 * form, however large the file is. Not thread-safe.
 * <p>
 * The format's checksum covers the decompressed pages, not the compressed bytes: two
 * files with one content may differ in these.
 */
public final class LtxReader implements Closeable {

	private static final int FLAG_BLOCK = 1;

	private final InputStream stream;

	private final LtxInput in;

	private final LtxHeader header;

	private final PageOrder order;

	private final Crc64 indexCrc = new Crc64();

	private final PageIndex index = new PageIndex((bytes, length) -> this.indexCrc.update(bytes, 0, length));

	private final Crc64 crc = new Crc64();

	private final byte[] page;

	private final byte[] block;

	private final byte[] small = new byte[LtxTrailer.SIZE];

	private final @Nullable DatabaseChecksum checksum;

	private @Nullable LegacyPage legacyPage;

	private @Nullable LtxTrailer trailer;

	private long pgno;

	private int blockLength;

	private boolean open = true;

	/**
	 * Reads the header. Closes the stream if that fails.
	 * @param in the file from its first byte on, without a need for buffering
	 * @throws LtxFormatException if the header is not sound
	 * @throws IOException if the stream fails
	 */
	public LtxReader(InputStream in) throws IOException {
		this.stream = in;
		this.in = new LtxInput(in);
		try {
			byte[] bytes = new byte[LtxHeader.SIZE];
			this.in.read(bytes, 0, bytes.length, "header");
			this.crc.update(bytes, 0, bytes.length);
			this.header = LtxHeader.decode(bytes);
		}
		catch (IOException | RuntimeException ex) {
			in.close();
			throw ex;
		}
		this.order = new PageOrder(this.header);
		this.page = new byte[this.header.pageSize()];
		this.block = new byte[Lz4.bound(this.header.pageSize())];
		this.checksum = (this.header.hasChecksum() && this.header.isSnapshot())
				? new DatabaseChecksum(this.header.pageSize()) : null;
	}

	/**
	 * Reads a whole file and checks all of it.
	 * @param in the file; it is closed
	 * @return its header
	 * @throws LtxFormatException if anything is wrong with it
	 * @throws IOException if the stream fails
	 */
	public static LtxHeader verify(InputStream in) throws IOException {
		try (LtxReader reader = new LtxReader(in)) {
			while (reader.next()) {
				continue;
			}
			return reader.header();
		}
	}

	/**
	 * Returns the header.
	 * @return the header
	 */
	public LtxHeader header() {
		return this.header;
	}

	/**
	 * Goes to the next page, or to the end and checks everything there.
	 * @return {@code false} if the file has ended and is sound
	 * @throws LtxFormatException if it is not sound; the reader cannot go on then
	 * @throws IOException if the stream fails; the reader cannot go on then
	 */
	public boolean next() throws IOException {
		if (this.trailer != null) {
			return false;
		}
		if (!this.open) {
			throw new IllegalStateException("This LTX reader has failed before");
		}
		this.open = false;
		long start = this.in.offset();
		readHashed(LtxInput.PAGE_HEADER, "page header");
		ByteBuffer buffer = ByteBuffer.wrap(this.small);
		this.pgno = buffer.getInt() & LtxHeader.MAX_PGNO;
		int flags = buffer.getShort() & 0xFFFF;
		if (this.pgno == 0 && flags == 0) {
			this.trailer = readEnd(start);
			return false;
		}
		readPage(start, flags);
		this.open = true;
		return true;
	}

	/**
	 * Returns the number of the current page.
	 * @return the page number, from 1 on
	 */
	public long pgno() {
		return this.pgno;
	}

	/**
	 * Returns the content of the current page.
	 * @return an array as long as a page, which {@link #next()} overwrites
	 */
	public byte[] page() {
		return this.page;
	}

	/**
	 * Returns the content of the current page as it is stored, one raw LZ4 block.
	 * @return an array that {@link #next()} overwrites
	 */
	byte[] block() {
		return this.block;
	}

	/**
	 * Returns the length of that block.
	 * @return bytes, 0 if the page is not stored as such a block
	 */
	int blockLength() {
		return this.blockLength;
	}

	/**
	 * Returns the trailer.
	 * @return the trailer
	 * @throws IllegalStateException if the end has not been reached
	 */
	public LtxTrailer trailer() {
		if (this.trailer == null) {
			throw new IllegalStateException("The end of this LTX file has not been read");
		}
		return this.trailer;
	}

	/**
	 * Closes the stream.
	 * @throws IOException if the stream fails
	 */
	@Override
	public void close() throws IOException {
		this.open = false;
		this.stream.close();
	}

	private void readPage(long start, int flags) throws IOException {
		if ((flags & ~FLAG_BLOCK) != 0) {
			throw unsound("page flags 0x%x at byte %d are unknown (versions 1 and 2 of LTX are not supported)", flags,
					start + 4);
		}
		this.order.next(this.pgno, start);
		this.blockLength = 0;
		if (flags == FLAG_BLOCK) {
			readBlock(start);
		}
		else {
			readLegacy();
		}
		this.crc.update(this.page, 0, this.page.length);
		if (this.checksum != null) {
			this.checksum.toggle(this.pgno, this.page, 0);
		}
		this.index.add(this.pgno, start, this.in.offset() - start);
	}

	private void readBlock(long start) throws IOException {
		readHashed(Integer.BYTES, "length of page " + this.pgno);
		int length = ByteBuffer.wrap(this.small).getInt();
		if (length < 1 || length > this.block.length) {
			throw unsound("compressed length %d of page %d at byte %d is not 1 to %d", length & LtxHeader.MAX_PGNO,
					this.pgno, start + LtxInput.PAGE_HEADER, this.block.length);
		}
		this.in.read(this.block, 0, length, "page");
		int count = Lz4.decompress(this.block, length, this.page, 0, this.page.length);
		if (count != this.page.length) {
			throw unsound("page %d at byte %d is not an LZ4 block of %d bytes", this.pgno, start, this.page.length);
		}
		this.blockLength = length;
	}

	private void readLegacy() throws IOException {
		if (this.legacyPage == null) {
			this.legacyPage = new LegacyPage(this.in, this.page.length);
		}
		this.legacyPage.read(this.page);
	}

	private LtxTrailer readEnd(long start) throws IOException {
		this.order.end(start);
		compareIndex(this.index.end());
		long offset = this.in.offset();
		this.in.read(this.small, 0, LtxTrailer.SIZE, "trailer");
		this.crc.update(this.small, 0, Long.BYTES);
		ByteBuffer buffer = ByteBuffer.wrap(this.small);
		LtxTrailer result = new LtxTrailer(buffer.getLong(), buffer.getLong());
		long computed = this.crc.value() | DatabaseChecksum.FLAG;
		check(result.fileChecksum() == computed, "file checksum %016x at byte %d should be %016x",
				result.fileChecksum(), offset + Long.BYTES, computed);
		checkPostApply(result.postApplyChecksum(), offset);
		check(this.in.atEnd(), "there are bytes after its end at byte %d", this.in.offset());
		return result;
	}

	private void checkPostApply(long value, long offset) {
		if (!this.header.hasChecksum()) {
			check(value == 0, "post-apply checksum %016x at byte %d is not allowed", value, offset);
			return;
		}
		check(value < 0, "post-apply checksum %016x at byte %d lacks bit 63", value, offset);
		check(this.checksum == null || this.checksum.value() == value,
				"post-apply checksum %016x at byte %d is not that of the pages", value, offset);
	}

	/**
	 * The index that belongs to the pages is known by its length and its checksum alone.
	 */
	private void compareIndex(long length) throws IOException {
		long start = this.in.offset();
		Crc64 actual = new Crc64();
		byte[] bytes = new byte[(int) Math.min(length, PageIndex.CHUNK)];
		for (long rest = length; rest > 0;) {
			int count = (int) Math.min(rest, bytes.length);
			this.in.read(bytes, 0, count, "page index");
			actual.update(bytes, 0, count);
			this.crc.update(bytes, 0, count);
			rest -= count;
		}
		check(actual.value() == this.indexCrc.value(), "page index at byte %d differs from the pages", start);
	}

	private void readHashed(int length, String what) throws IOException {
		this.in.read(this.small, 0, length, what);
		this.crc.update(this.small, 0, length);
	}

	private static void check(boolean condition, String message, Object... arguments) {
		if (!condition) {
			throw unsound(message, arguments);
		}
	}

	private static LtxFormatException unsound(String message, Object... arguments) {
		return new LtxFormatException("Not a sound LTX file: " + String.format(Locale.ROOT, message, arguments));
	}

}
