package io.hacluster.replication.follower;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.hacluster.HaClusterException;

/**
 * SQLite's wal-index, the {@code -shm} file, shared with all processes that read the
 * database: it tells in which frame of the write-ahead log a page stands. Its layout and
 * its hash tables are those of <a href="https://www.sqlite.org/walformat.html">The
 * WAL-mode File Format</a>, section 2. To be changed only by the holder of SQLite's write
 * lock; readers in other processes look at it at any time, so the order of the stores
 * matters.
 */
final class WalIndex {

	static final int BLOCK_SIZE = 32768;

	/** Page numbers in all blocks but the first. */
	static final int BLOCK_PAGES = 4096;

	/** Page numbers in the first block, which begins with the header. */
	static final int FIRST_BLOCK_PAGES = BLOCK_PAGES - 34;

	private static final int SLOTS = 2 * BLOCK_PAGES;

	private static final int TABLE_OFFSET = BLOCK_PAGES * Integer.BYTES;

	private static final int HASH_FACTOR = 383;

	private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

	private static final VarHandle SHORT = MethodHandles.byteBufferViewVarHandle(short[].class,
			ByteOrder.nativeOrder());

	private final WalIndexFile file;

	private final List<ByteBuffer> blocks = new ArrayList<>();

	WalIndex(WalIndexFile file) {
		this.file = file;
	}

	/**
	 * Reads the header.
	 * @return the header, empty if its copies differ or are not sound, so that SQLite has
	 * to recover the index first
	 * @throws IOException if the file cannot be mapped
	 */
	Optional<WalIndexHeader> readHeader() throws IOException {
		if (this.file.size() < BLOCK_SIZE) {
			return Optional.empty();
		}
		byte[] first = readBytes(0);
		VarHandle.fullFence();
		byte[] second = readBytes(WalIndexHeader.SIZE);
		return Arrays.equals(first, second) ? WalIndexHeader.decode(first) : Optional.empty();
	}

	/**
	 * Makes frames visible to readers: first the hash tables, then the header, second
	 * copy first, because readers compare them in the opposite order.
	 * @param header the header to write; its last frame is the last one of the pages
	 * @param before number of valid frames up to now
	 * @param pages page numbers of the frames after those, in their order
	 * @param count how many
	 * @throws IOException if the file cannot be extended
	 */
	void publish(WalIndexHeader header, int before, int[] pages, int count) throws IOException {
		// A block that cannot be allocated must fail before anything has been changed
		for (int block = 0; block <= blockOf(before + count); block++) {
			block(block);
		}
		for (int i = 0; i < count; i++) {
			insert(before + 1 + i, pages[i]);
		}
		byte[] bytes = header.encode();
		writeBytes(WalIndexHeader.SIZE, bytes);
		VarHandle.fullFence();
		writeBytes(0, bytes);
		VarHandle.fullFence();
	}

	/**
	 * Makes SQLite refuse this index: who has it open gets SQLITE_CANTOPEN at the next
	 * transaction, instead of reading for ever what has been replaced meanwhile. A
	 * transaction under way goes on.
	 * @throws IOException if the file cannot be mapped
	 */
	void invalidate() throws IOException {
		byte[] bytes = WalIndexHeader.invalid();
		writeBytes(WalIndexHeader.SIZE, bytes);
		VarHandle.fullFence();
		writeBytes(0, bytes);
		VarHandle.fullFence();
	}

	/**
	 * Makes SQLite refuse the index of a database that this process does not write to any
	 * more.
	 * @param path the {@code -shm} file, which need not exist
	 * @throws IOException if it cannot be written
	 */
	static void invalidate(Path path) throws IOException {
		if (Files.exists(path) && Files.size(path) >= BLOCK_SIZE) {
			WalIndexFile file = WalIndexFile.open(path);
			try {
				new WalIndex(file).invalidate();
			}
			finally {
				file.close(true);
			}
		}
	}

	private void insert(int frame, int page) throws IOException {
		int index = blockOf(frame);
		ByteBuffer block = block(index);
		int entry = frame - firstOf(index);
		if (entry == 1) {
			// The block is from an earlier life of the log, or new
			zero(block, pageOffset(index, 1), BLOCK_SIZE);
		}
		else if ((int) INT.getAcquire(block, pageOffset(index, entry)) != 0) {
			removeFrom(block, index, entry);
		}
		int slot = hash(page);
		for (int tries = 0; slot(block, slot) != 0; slot = next(slot)) {
			if (tries++ > SLOTS) {
				throw new HaClusterException("The hash table of block " + index + " of the wal-index is full");
			}
		}
		INT.setRelease(block, pageOffset(index, entry), page);
		SHORT.setRelease(block, TABLE_OFFSET + slot * Short.BYTES, (short) entry);
	}

	/**
	 * Forgets entries that a writer left behind which died before it came to the header.
	 */
	private static void removeFrom(ByteBuffer block, int index, int from) {
		for (int slot = 0; slot < SLOTS; slot++) {
			if (slot(block, slot) >= from) {
				SHORT.setRelease(block, TABLE_OFFSET + slot * Short.BYTES, (short) 0);
			}
		}
		zero(block, pageOffset(index, from), TABLE_OFFSET);
	}

	private static void zero(ByteBuffer block, int from, int to) {
		for (int offset = from; offset < to; offset += Integer.BYTES) {
			INT.setRelease(block, offset, 0);
		}
	}

	private static int slot(ByteBuffer block, int slot) {
		return Short.toUnsignedInt((short) SHORT.getAcquire(block, TABLE_OFFSET + slot * Short.BYTES));
	}

	private static int hash(int page) {
		return (page * HASH_FACTOR) & (SLOTS - 1);
	}

	private static int next(int slot) {
		return (slot + 1) & (SLOTS - 1);
	}

	static int blockOf(int frame) {
		return (frame + BLOCK_PAGES - FIRST_BLOCK_PAGES - 1) / BLOCK_PAGES;
	}

	/**
	 * Returns the frame before the first one of a block.
	 */
	private static int firstOf(int block) {
		return (block == 0) ? 0 : FIRST_BLOCK_PAGES + (block - 1) * BLOCK_PAGES;
	}

	private static int pageOffset(int block, int entry) {
		int first = (block == 0) ? (BLOCK_PAGES - FIRST_BLOCK_PAGES) : 0;
		return (first + entry - 1) * Integer.BYTES;
	}

	private ByteBuffer block(int index) throws IOException {
		while (this.blocks.size() <= index) {
			long offset = (long) this.blocks.size() * BLOCK_SIZE;
			this.blocks.add(this.file.map(offset, BLOCK_SIZE));
		}
		return this.blocks.get(index);
	}

	private byte[] readBytes(int offset) throws IOException {
		byte[] bytes = new byte[WalIndexHeader.SIZE];
		ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
		for (int i = 0; i < bytes.length; i += Integer.BYTES) {
			target.putInt((int) INT.getAcquire(block(0), offset + i));
		}
		return bytes;
	}

	private void writeBytes(int offset, byte[] bytes) throws IOException {
		ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
		for (int i = 0; i < bytes.length; i += Integer.BYTES) {
			INT.setRelease(block(0), offset + i, source.getInt());
		}
	}

}
