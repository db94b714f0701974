package io.hacluster.replication.ltx;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Builds LTX files without any rules, with the right file checksum for whatever they
 * hold.
 */
final class RawLtx {

	private final ByteArrayOutputStream file = new ByteArrayOutputStream();

	private final ByteArrayOutputStream index = new ByteArrayOutputStream();

	private final Crc64 crc = new Crc64();

	RawLtx(byte[] header) {
		hashed(header);
	}

	static RawLtx of(LtxHeader header) {
		return new RawLtx(header.encode());
	}

	static byte[] page(int size, int seed) {
		byte[] page = new byte[size];
		Arrays.fill(page, (byte) seed);
		return page;
	}

	RawLtx page(int pgno, byte[] content) {
		return block(pgno, 1, Lz4.COMPRESSOR.compress(content), content);
	}

	/**
	 * Adds a page frame with its block as given.
	 */
	RawLtx block(int pgno, int flags, byte[] block, byte[] hashedContent) {
		return block(pgno, flags, block.length, block, hashedContent);
	}

	RawLtx block(int pgno, int flags, int length, byte[] block, byte[] hashedContent) {
		int start = this.file.size();
		hashed(ByteBuffer.allocate(10).putInt(pgno).putShort((short) flags).putInt(length).array());
		return content(pgno, start, block, hashedContent);
	}

	/**
	 * Adds a page frame as Litestream 0.5.0 to 0.5.15 wrote it.
	 */
	RawLtx legacy(int pgno, byte[] lz4Frame, byte[] hashedContent) {
		int start = this.file.size();
		hashed(ByteBuffer.allocate(6).putInt(pgno).array());
		return content(pgno, start, lz4Frame, hashedContent);
	}

	RawLtx endOfPages() {
		hashed(new byte[6]);
		return this;
	}

	RawLtx index() {
		byte[] bytes = this.index.toByteArray();
		return index(bytes, bytes.length + 1);
	}

	RawLtx index(byte[] entries, long length) {
		hashed(entries);
		hashed(new byte[1]);
		hashed(ByteBuffer.allocate(8).putLong(length).array());
		return this;
	}

	byte[] indexEntries() {
		return this.index.toByteArray();
	}

	byte[] end() {
		return endOfPages().index().trailer(0);
	}

	byte[] trailer(long postApplyChecksum) {
		hashed(ByteBuffer.allocate(8).putLong(postApplyChecksum).array());
		return trailerEnd(this.crc.value() | Long.MIN_VALUE);
	}

	byte[] trailerEnd(long fileChecksum) {
		this.file.writeBytes(ByteBuffer.allocate(8).putLong(fileChecksum).array());
		return this.file.toByteArray();
	}

	static InputStream stream(byte[] file) {
		return new ByteArrayInputStream(file);
	}

	private RawLtx content(int pgno, int start, byte[] bytes, byte[] hashedContent) {
		this.file.writeBytes(bytes);
		this.crc.update(hashedContent, 0, hashedContent.length);
		varint(pgno & 0xFFFFFFFFL);
		varint(start);
		varint(this.file.size() - start);
		return this;
	}

	private void hashed(byte[] bytes) {
		this.file.writeBytes(bytes);
		this.crc.update(bytes, 0, bytes.length);
	}

	private void varint(long value) {
		long rest = value;
		for (; rest >= 0x80; rest >>>= 7) {
			this.index.write((int) rest | 0x80);
		}
		this.index.write((int) rest);
	}

}
