package io.hacluster.replication.restore;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.LogEntry;

/**
 * A file of the log on its way from the thread that fetches it to the thread that reads
 * it. One thread each.
 */
final class FetchedFile extends InputStream {

	private static final int BLOCK = 256 * 1024;

	private static final int BLOCKS = 24;

	private static final long POLL_SECONDS = 1;

	private final LogEntry entry;

	private final Consumer<LogEntry> done;

	private final boolean small;

	private final BlockingQueue<Block> full;

	private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BLOCKS);

	private @Nullable Block current;

	private int position;

	private volatile boolean closed;

	/**
	 * Creates a file of which nothing is there yet.
	 * @param entry what it is
	 * @param done told once when the reader has closed it
	 */
	FetchedFile(LogEntry entry, Consumer<LogEntry> done) {
		this.entry = entry;
		this.done = done;
		this.small = entry.size() <= Prefetch.SMALL;
		this.full = this.small ? new LinkedBlockingQueue<>() : new ArrayBlockingQueue<>(BLOCKS);
	}

	LogEntry entry() {
		return this.entry;
	}

	void fill(InputStream in) throws IOException, InterruptedException {
		int allocated = 0;
		int length = 0;
		while (length >= 0 && !this.closed) {
			byte[] bytes = this.free.poll();
			if (bytes == null && (this.small || allocated < BLOCKS)) {
				bytes = new byte[this.small ? (int) Math.max(1, Math.min(BLOCK, this.entry.size())) : BLOCK];
				allocated++;
			}
			while (bytes == null && !this.closed) {
				bytes = this.free.poll(POLL_SECONDS, TimeUnit.SECONDS);
			}
			if (bytes != null) {
				length = readFully(in, bytes);
				put(new Block(bytes, length, null));
			}
		}
	}

	/**
	 * Reads as much as there is room for.
	 * @return the number of bytes, -1 at the end
	 */
	private static int readFully(InputStream in, byte[] bytes) throws IOException {
		int length = in.readNBytes(bytes, 0, bytes.length);
		return (length == 0) ? -1 : length;
	}

	void fail(IOException failure) throws InterruptedException {
		put(new Block(new byte[0], -1, failure));
	}

	private void put(Block block) throws InterruptedException {
		while (!this.closed && !this.full.offer(block, POLL_SECONDS, TimeUnit.SECONDS)) {
			continue;
		}
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		Block block = this.current;
		if (block == null || this.position == block.length()) {
			block = nextBlock(block);
		}
		if (block.failure() != null) {
			throw block.failure();
		}
		if (block.length() < 0) {
			return -1;
		}
		int count = Math.min(length, block.length() - this.position);
		System.arraycopy(block.bytes(), this.position, buffer, offset, count);
		this.position += count;
		return count;
	}

	private Block nextBlock(@Nullable Block former) throws InterruptedIOException {
		if (former != null && former.length() < 0) {
			return former;
		}
		if (former != null) {
			this.free.offer(former.bytes());
		}
		this.position = 0;
		Block next = null;
		try {
			// A store makes progress or fails within a bound
			while (next == null) {
				next = this.full.poll(POLL_SECONDS, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while reading " + this.entry.name());
		}
		this.current = next;
		return next;
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.full.clear();
			this.current = null;
			this.done.accept(this.entry);
		}
	}

	/**
	 * A piece of the file.
	 *
	 * @param bytes where it is
	 * @param length how many, -1 at the end
	 * @param failure why there is no more, null if all is well
	 */
	private record Block(byte[] bytes, int length, @Nullable IOException failure) {
	}

}
