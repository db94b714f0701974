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

	private volatile @Nullable Throwable abandoned;

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

	/**
	 * Takes all bytes of the file.
	 * @param in where they come from
	 * @throws IOException if they cannot be read
	 * @throws InterruptedException if interrupted
	 */
	void fill(InputStream in) throws IOException, InterruptedException {
		if (this.small) {
			byte[] bytes = in.readNBytes(2 * Prefetch.SMALL);
			put(new Block(bytes, bytes.length, null));
		}
		else {
			stream(in);
		}
		put(new Block(new byte[0], -1, null));
	}

	private void stream(InputStream in) throws IOException, InterruptedException {
		for (int i = 0; i < BLOCKS; i++) {
			this.free.add(new byte[BLOCK]);
		}
		int length = BLOCK;
		while (length == BLOCK && !this.closed) {
			byte[] bytes = this.free.poll(POLL_SECONDS, TimeUnit.SECONDS);
			if (bytes != null) {
				length = in.readNBytes(bytes, 0, BLOCK);
				put(new Block(bytes, length, null));
			}
		}
	}

	/**
	 * Says that nothing more comes, without a need for memory.
	 * @param cause what has happened to the thread that fetches
	 */
	void abandon(Throwable cause) {
		this.abandoned = cause;
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
		while (block == null || this.position == block.length()) {
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

	private Block nextBlock(@Nullable Block former) throws IOException {
		if (former != null && former.length() < 0) {
			return former;
		}
		if (former != null && !this.small) {
			this.free.offer(former.bytes());
		}
		this.position = 0;
		Block next = null;
		try {
			// A store makes progress or fails within a bound
			while (next == null) {
				next = this.full.poll(POLL_SECONDS, TimeUnit.SECONDS);
				requireFetching(next);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while reading " + this.entry.name());
		}
		this.current = next;
		return next;
	}

	private void requireFetching(@Nullable Block next) throws IOException {
		Throwable cause = this.abandoned;
		if (next == null && cause != null && this.full.isEmpty()) {
			throw new IOException(this.entry.name() + " cannot be fetched: " + cause, cause);
		}
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.full.clear();
			this.free.clear();
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
