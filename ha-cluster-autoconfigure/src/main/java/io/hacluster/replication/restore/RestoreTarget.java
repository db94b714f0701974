package io.hacluster.replication.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The file that a restore makes, and the name under which it is made. Whoever does not
 * publish it leaves nothing behind.
 */
final class RestoreTarget implements AutoCloseable {

	static final String SUFFIX = ".restoring";

	/** What SQLite keeps beside a database, and would apply to whatever has its name. */
	private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

	private final Path target;

	private final Path file;

	private final FileChannel channel;

	private boolean published;

	private RestoreTarget(Path target, Path file, FileChannel channel) {
		this.target = target;
		this.file = file;
		this.channel = channel;
	}

	/**
	 * Begins a file.
	 * @param path where it is to be
	 * @param overwrite whether what is there may be replaced
	 * @return the target
	 * @throws RestoreException if that is not possible
	 */
	static RestoreTarget open(Path path, boolean overwrite) {
		Path target = path.toAbsolutePath().normalize();
		Path directory = target.getParent();
		if (directory == null || Files.isDirectory(target)) {
			throw new RestoreException(target + " is a directory: name the database file to make");
		}
		if (!Files.isDirectory(directory)) {
			throw new RestoreException("The directory " + directory + " does not exist");
		}
		if (!overwrite) {
			requireNothing(target);
		}
		Path file = beside(target, SUFFIX);
		try {
			FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
					StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
			if (tryLock(channel) == null) {
				channel.close();
				throw new RestoreException(
						"Another process restores to " + target + " at the moment: it holds " + file);
			}
			return new RestoreTarget(target, file, channel);
		}
		catch (IOException ex) {
			throw failure(file, ex);
		}
	}

	private static void requireNothing(Path target) {
		if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
			throw new RestoreException(target + " exists. Restore to another file, or allow it to be overwritten");
		}
		for (String companion : COMPANIONS) {
			Path path = beside(target, companion);
			if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
				throw new RestoreException(path + " exists, and SQLite would take it for part of " + target
						+ ". Restore to another file, or allow it to be overwritten");
			}
		}
	}

	/**
	 * A lock on the first byte, which SQLite never locks.
	 */
	private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock(0, 1, false);
		}
		catch (OverlappingFileLockException ex) {
			return null;
		}
	}

	FileChannel channel() {
		return this.channel;
	}

	Path file() {
		return this.file;
	}

	/**
	 * Gives the finished file its name, durably.
	 * @throws RestoreException if that is not possible
	 */
	void publish() {
		try {
			for (String companion : COMPANIONS) {
				// Before the rename: they must never lie beside a database that is not
				// theirs
				Files.deleteIfExists(beside(this.target, companion));
			}
			Files.move(this.file, this.target, StandardCopyOption.ATOMIC_MOVE);
			this.published = true;
			try (FileChannel directory = FileChannel.open(directory(), StandardOpenOption.READ)) {
				directory.force(true);
			}
		}
		catch (IOException ex) {
			throw failure(this.target, ex);
		}
	}

	private Path directory() {
		Path parent = this.target.getParent();
		return (parent != null) ? parent : this.target;
	}

	private static Path beside(Path target, String suffix) {
		return target.resolveSibling(target.getFileName() + suffix);
	}

	/**
	 * Says why the file cannot be written.
	 * @param ex what went wrong
	 * @return the same for people
	 */
	RestoreException failure(IOException ex) {
		return failure(this.file, ex);
	}

	private static RestoreException failure(Path file, IOException ex) {
		IOException cause = (ex.getCause() instanceof IOException io) ? io : ex;
		String text = (cause instanceof FileSystemException system && system.getReason() != null) ? system.getReason()
				: String.valueOf(cause.getMessage());
		String reason = text;
		if (cause instanceof AccessDeniedException) {
			reason = "permission denied";
		}
		else if (text.contains("No space left") || text.contains("quota")) {
			reason = "the disk is full (" + text + ")";
		}
		return new RestoreException("Cannot write " + file + ": " + reason, ex);
	}

	@Override
	public void close() throws IOException {
		if (!this.published) {
			Files.deleteIfExists(this.file);
		}
		this.channel.close();
	}

}
