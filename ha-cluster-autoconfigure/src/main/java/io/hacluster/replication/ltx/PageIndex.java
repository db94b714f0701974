package io.hacluster.replication.ltx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The page index in its encoded form, built from the frames one by one: about ten bytes a
 * page. The writer writes it; the reader compares it with what stands in the file.
 */
final class PageIndex {

	private static final int CHUNK = 32 * 1024;

	private static final int MAX_VARINT = 10;

	private final List<byte[]> full = new ArrayList<>();

	private byte[] chunk = new byte[256];

	private int used;

	void add(long pgno, long offset, long length) {
		varint(pgno);
		varint(offset);
		varint(length);
	}

	/**
	 * Ends the index with its zero byte and its length.
	 */
	void end() {
		varint(0);
		long length = (long) this.full.size() * CHUNK + this.used;
		for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
			put((int) (length >>> shift));
		}
	}

	void forEachChunk(ChunkConsumer consumer) throws IOException {
		for (byte[] bytes : this.full) {
			consumer.accept(bytes, bytes.length);
		}
		consumer.accept(this.chunk, this.used);
	}

	private void varint(long value) {
		long rest = value;
		for (int i = 1; i < MAX_VARINT && (rest & ~0x7FL) != 0; i++) {
			put((int) rest | 0x80);
			rest >>>= 7;
		}
		put((int) rest);
	}

	private void put(int value) {
		if (this.used == this.chunk.length) {
			grow();
		}
		this.chunk[this.used++] = (byte) value;
	}

	private void grow() {
		if (this.chunk.length < CHUNK) {
			this.chunk = Arrays.copyOf(this.chunk, Math.min(CHUNK, this.chunk.length * 4));
			return;
		}
		this.full.add(this.chunk);
		this.chunk = new byte[CHUNK];
		this.used = 0;
	}

	/**
	 * Takes a piece of the index.
	 */
	@FunctionalInterface
	interface ChunkConsumer {

		void accept(byte[] bytes, int length) throws IOException;

	}

}
