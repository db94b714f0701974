package io.hacluster.replication.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;

/**
 * The database that may lie where a restore is to go, with what SQLite keeps beside it
 * and would apply to whatever has its name.
 *
 * @param path the database file
 * @see <a href="https://www.sqlite.org/src/file/src/os_unix.c">SQLite's locks</a>
 */
record ExistingDatabase(Path path) {

	private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

	/** Where SQLite locks a database outside of WAL mode. */
	private static final long LOCK_BYTES = 0x40000000L;

	private static final int LOCK_BYTES_LENGTH = 512;

	/** The byte of the -shm file that each connection in WAL mode holds. */
	private static final long WAL_CONNECTION_BYTE = 128;

	/**
	 * Refuses to replace what must not be replaced, and to make a database where a node
	 * of the cluster keeps its own: it would stand in the way of its next promotion.
	 * @param overwrite whether it may be replaced at all
	 * @throws RestoreException if it must stay
	 * @throws IOException if that cannot be found out
	 */
	void requireReplaceable(boolean overwrite) throws IOException {
		requireFree(beside("-ha").resolve("lock"), 0, Long.MAX_VALUE, "a node of the cluster");
		if (!overwrite) {
			requireNothing();
			return;
		}
		requireFree(beside("-shm"), WAL_CONNECTION_BYTE, 1, "another process");
		requireFree(this.path, LOCK_BYTES, LOCK_BYTES_LENGTH, "another process");
	}

	private void requireNothing() {
		if (Files.exists(this.path, LinkOption.NOFOLLOW_LINKS)) {
			throw new RestoreTargetExistsException(this.path + " exists");
		}
		for (String companion : COMPANIONS) {
			if (Files.exists(beside(companion), LinkOption.NOFOLLOW_LINKS)) {
				throw new RestoreTargetExistsException(
						beside(companion) + " exists, and SQLite would take it for a part of " + this.path);
			}
		}
	}

	private void requireFree(Path file, long position, long length, String user) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			if (!isFree(channel, position, length)) {
				throw new RestoreException(
						this.path + " cannot be restored to: " + user + " works with it. Stop that first");
			}
		}
		catch (NoSuchFileException ex) {
			// nobody can work with it
		}
	}

	/**
	 * Takes a lock, which lasts until the channel is closed.
	 * @return whether nobody else had one
	 */
	static boolean isFree(FileChannel channel, long position, long length) throws IOException {
		try {
			FileLock lock = channel.tryLock(position, length, false);
			return lock != null;
		}
		catch (OverlappingFileLockException ex) {
			return false;
		}
	}

	/**
	 * Gives a new file the owner and the permissions of this one, as far as this process
	 * may, and removes what must not lie beside the new one.
	 * @param successor the file that takes the place of this one
	 * @throws IOException if a file cannot be removed
	 */
	void handOver(Path successor) throws IOException {
		copyOwner(successor);
		for (String companion : COMPANIONS) {
			Files.deleteIfExists(beside(companion));
		}
	}

	private void copyOwner(Path successor) {
		try {
			PosixFileAttributes attributes = Files.readAttributes(this.path, PosixFileAttributes.class);
			PosixFileAttributeView view = Files.getFileAttributeView(successor, PosixFileAttributeView.class);
			view.setPermissions(attributes.permissions());
			view.setGroup(attributes.group());
			view.setOwner(attributes.owner());
		}
		catch (IOException | UnsupportedOperationException ex) {
			// Whoever may not give files away leaves that to whoever may
		}
	}

	private Path beside(String suffix) {
		return this.path.resolveSibling(this.path.getFileName() + suffix);
	}

}
