package io.hacluster.replication.primary;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Reads the head of SQLite's wal-index ({@code -shm} file). Its layout is described in
 * "WAL-mode File Format" of SQLite's documentation, section 2: two copies of a 48-byte
 * header in the machine's byte order, then the checkpoint information, whose first number
 * is the count of backfilled frames.
 * <p>
 * Closing the file drops every POSIX lock that SQLite holds on it in this process, so it
 * must stay open for longer than all SQLite connections to the database.
 */
final class PrimaryWalIndex implements AutoCloseable {

	private static final int HEADER = 48;

	private static final int SIZE = 2 * HEADER + 4;

	private static final int ATTEMPTS = 100;

	/**
	 * Not a channel: an interrupt would close that.
	 */
	private final RandomAccessFile file;

	private final ByteBuffer buffer = ByteBuffer.allocate(SIZE);

	PrimaryWalIndex(Path shm) throws IOException {
		this.file = new RandomAccessFile(shm.toFile(), "r");
	}

	/**
	 * Reads the state.
	 * @return the state, null while a writer is in the middle of changing it or left it
	 * half-changed for a recovery to repair
	 * @throws IOException if the file cannot be read
	 */
	synchronized @Nullable PrimaryWalState read() throws IOException {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			this.file.seek(0);
			if (this.file.read(this.buffer.array()) == SIZE && sound(this.buffer)) {
				return state(this.buffer);
			}
			Thread.onSpinWait();
		}
		return null;
	}

	private static boolean sound(ByteBuffer index) {
		index.order(ByteOrder.nativeOrder());
		if (index.get(12) == 0 || !index.slice(0, HEADER).equals(index.slice(HEADER, HEADER))) {
			return false;
		}
		int sum1 = 0;
		int sum2 = 0;
		for (int offset = 0; offset < 40; offset += 8) {
			sum1 += index.getInt(offset) + sum2;
			sum2 += index.getInt(offset + 4) + sum1;
		}
		return sum1 == index.getInt(40) && sum2 == index.getInt(44);
	}

	private static PrimaryWalState state(ByteBuffer index) {
		index.order(ByteOrder.nativeOrder());
		int frames = index.getInt(16);
		int pages = index.getInt(20);
		int checksum1 = index.getInt(24);
		int checksum2 = index.getInt(28);
		int backfilled = index.getInt(2 * HEADER);
		// the salts are a copy of the bytes in the log's header, which are big-endian
		index.order(ByteOrder.BIG_ENDIAN);
		return new PrimaryWalState(index.getInt(32), index.getInt(36), frames, pages, checksum1, checksum2, backfilled);
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

}
