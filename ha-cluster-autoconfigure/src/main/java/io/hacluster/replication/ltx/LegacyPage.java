package io.hacluster.replication.ltx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a page in the form that Litestream 0.5.0 to 0.5.15 wrote: an LZ4 frame (as the
 * LZ4 frame format 1.6 describes it) of independent blocks that together hold exactly one
 * page.
 */
final class LegacyPage {

	private static final int MAGIC = 0x184D2204;

	private static final int STORED = 0x80000000;

	private final LtxInput in;

	private final int pageSize;

	private final byte[] block;

	private final byte[] word = new byte[15];

	LegacyPage(LtxInput in, int pageSize) {
		this.in = in;
		this.pageSize = pageSize;
		this.block = new byte[Lz4.bound(pageSize)];
	}

	void read(byte[] page) throws IOException {
		long start = this.in.offset();
		check(readInt("LZ4 frame") == MAGIC, start, "does not begin with the LZ4 frame magic");
		Descriptor descriptor = readDescriptor(start);
		int filled = 0;
		for (int size = readInt("LZ4 block size"); size != 0; size = readInt("LZ4 block size")) {
			check(filled == 0 || descriptor.independent(), start, "has blocks that depend on one another");
			int count = readBlock(size, page, filled, start, descriptor);
			check(count > 0, start, "has a malformed LZ4 block, or holds more than one page");
			filled += count;
		}
		check(filled == this.pageSize, start, "holds " + filled + " bytes instead of " + this.pageSize);
		if (descriptor.contentChecksum()) {
			check(readInt("LZ4 content checksum") == Lz4.HASH.hash(page, 0, this.pageSize, 0), start,
					"fails its content checksum");
		}
	}

	private Descriptor readDescriptor(long start) throws IOException {
		this.in.read(this.word, 0, 2, "LZ4 frame descriptor");
		Descriptor descriptor = new Descriptor(this.word[0], this.word[1]);
		check(descriptor.isSupported(), start, "has an unsupported LZ4 frame descriptor");
		int length = 2;
		if (descriptor.contentSize()) {
			this.in.read(this.word, 2, Long.BYTES, "LZ4 content size");
			length += Long.BYTES;
			check(ByteBuffer.wrap(this.word).order(ByteOrder.LITTLE_ENDIAN).getLong(2) == this.pageSize, start,
					"does not declare one page as its size");
		}
		int expected = (Lz4.HASH.hash(this.word, 0, length, 0) >>> 8) & 0xFF;
		this.in.read(this.word, 0, 1, "LZ4 header checksum");
		check((this.word[0] & 0xFF) == expected, start, "fails its LZ4 header checksum");
		return descriptor;
	}

	private int readBlock(int size, byte[] page, int filled, long start, Descriptor descriptor) throws IOException {
		int length = size & ~STORED;
		boolean stored = (size & STORED) != 0;
		int space = this.pageSize - filled;
		check(length <= (stored ? space : Math.min(descriptor.blockSize(), this.block.length)), start,
				"has an LZ4 block of " + length + " bytes, too many for one page");
		this.in.read(this.block, 0, length, "LZ4 block");
		if (descriptor.blockChecksum()) {
			check(readInt("LZ4 block checksum") == Lz4.HASH.hash(this.block, 0, length, 0), start,
					"fails its LZ4 block checksum");
		}
		if (stored) {
			System.arraycopy(this.block, 0, page, filled, length);
			return length;
		}
		return Lz4.decompress(this.block, length, page, filled, space);
	}

	private int readInt(String what) throws IOException {
		this.in.read(this.word, 0, Integer.BYTES, what);
		return ByteBuffer.wrap(this.word).order(ByteOrder.LITTLE_ENDIAN).getInt();
	}

	private static void check(boolean condition, long start, String problem) {
		if (!condition) {
			throw new LtxFormatException("LTX page whose LZ4 frame begins at byte " + start + " " + problem);
		}
	}

	/**
	 * The two flag bytes of an LZ4 frame.
	 */
	private record Descriptor(byte flags, byte blockSizes) {

		boolean isSupported() {
			boolean version = (this.flags & 0xC0) == 0x40;
			boolean plain = (this.flags & 0x03) == 0;
			return version && plain && (this.blockSizes & 0x8F) == 0 && (this.blockSizes >> 4) >= 4;
		}

		boolean independent() {
			return (this.flags & 0x20) != 0;
		}

		boolean blockChecksum() {
			return (this.flags & 0x10) != 0;
		}

		boolean contentSize() {
			return (this.flags & 0x08) != 0;
		}

		boolean contentChecksum() {
			return (this.flags & 0x04) != 0;
		}

		int blockSize() {
			return 1 << (8 + 2 * (this.blockSizes >> 4));
		}

	}

}
