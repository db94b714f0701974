package io.hacluster.replication.primary;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The database file itself, for what the write-ahead log does not hold. Thread-safe.
 * <p>
 * Closing the file drops every POSIX lock that SQLite holds on it in this process, so it
 * must be opened once and stay open for longer than all SQLite connections to it.
 */
final class PrimaryDatabaseFile implements AutoCloseable {

	private static final int PAGE_SIZE_OFFSET = 16;

	private static final int FORMAT_OFFSET = 18;

	private static final int HEADER = 20;

	private static final byte WAL_FORMAT = 2;

	private final Path path;

	private final @Nullable Object key;

	/**
	 * Not a channel: an interrupt would close that.
	 */
	private final RandomAccessFile file;

	PrimaryDatabaseFile(Path path) throws IOException {
		this.path = path;
		this.key = keyOf(path);
		this.file = new RandomAccessFile(path.toFile(), "r");
	}

	private static @Nullable Object keyOf(Path path) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
	}

	/**
	 * Returns whether the path still names this file.
	 */
	boolean isInPlace() {
		try {
			return Objects.equals(this.key, keyOf(this.path));
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Returns whether the file has a header that asks for a write-ahead log.
	 */
	boolean isWalMode() throws IOException {
		byte[] header = header();
		return header[FORMAT_OFFSET] == WAL_FORMAT && header[FORMAT_OFFSET + 1] == WAL_FORMAT;
	}

	/**
	 * Returns whether nothing has been written to the file yet.
	 */
	boolean isEmpty() throws IOException {
		return size() < HEADER;
	}

	int pageSize() throws IOException {
		byte[] header = header();
		int value = (header[PAGE_SIZE_OFFSET] & 0xFF) << 8 | (header[PAGE_SIZE_OFFSET + 1] & 0xFF);
		return (value == 1) ? 65536 : value;
	}

	synchronized long size() throws IOException {
		return this.file.length();
	}

	/**
	 * Reads a page; what lies behind the end of the file is zero, as SQLite has it.
	 * @param pgno its number, from 1 on
	 * @param target as long as a page
	 */
	void readPage(long pgno, byte[] target) throws IOException {
		int count = read((pgno - 1) * target.length, target);
		Arrays.fill(target, count, target.length, (byte) 0);
	}

	private byte[] header() throws IOException {
		byte[] header = new byte[HEADER];
		read(0, header);
		return header;
	}

	private synchronized int read(long offset, byte[] target) throws IOException {
		this.file.seek(offset);
		int count = 0;
		while (count < target.length) {
			int read = this.file.read(target, count, target.length - count);
			if (read < 0) {
				break;
			}
			count += read;
		}
		return count;
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

}
