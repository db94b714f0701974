package io.hacluster.replication.ltx;

import java.io.IOException;

/**
 * The page index in its encoded form, built from the frames one by one: about ten bytes a
 * page. It is handed on piece by piece: the writer keeps it for the end of the file, the
 * reader only a checksum, to compare it with what stands in the file.
 */
final class PageIndex {

	static final int CHUNK = 32 * 1024;

	private static final int MAX_VARINT = 10;

	private static final int MAX_ENTRY = 3 * MAX_VARINT;

	private final ChunkConsumer consumer;

	private byte[] chunk = new byte[256];

	private int used;

	private long length;

	PageIndex(ChunkConsumer consumer) {
		this.consumer = consumer;
	}

	void add(long pgno, long offset, long length) throws IOException {
		makeRoom();
		varint(pgno);
		varint(offset);
		varint(length);
	}

	/**
	 * Ends the index with its zero byte and its length, and hands on the rest.
	 * @return how long it is altogether
	 */
	long end() throws IOException {
		makeRoom();
		varint(0);
		long entries = this.length + this.used;
		for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
			this.chunk[this.used++] = (byte) (entries >>> shift);
		}
		flush();
		return this.length;
	}

	private void makeRoom() throws IOException {
		if (this.chunk.length - this.used >= MAX_ENTRY) {
			return;
		}
		flush();
		if (this.chunk.length < CHUNK) {
			this.chunk = new byte[this.chunk.length * 4];
		}
	}

	private void flush() throws IOException {
		this.consumer.accept(this.chunk, this.used);
		this.length += this.used;
		this.used = 0;
	}

	private void varint(long value) {
		long rest = value;
		for (int i = 1; i < MAX_VARINT && (rest & ~0x7FL) != 0; i++) {
			this.chunk[this.used++] = (byte) (rest | 0x80);
			rest >>>= 7;
		}
		this.chunk[this.used++] = (byte) rest;
	}

	/**
	 * Takes a piece of the index, of which the array is used again afterwards.
	 */
	@FunctionalInterface
	interface ChunkConsumer {

		void accept(byte[] bytes, int length) throws IOException;

	}

}
