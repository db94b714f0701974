package io.hacluster.replication.restore;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file that a restore makes, and the name under which it is made. Whoever does not
 * publish it leaves nothing behind.
 */
final class RestoreTarget implements AutoCloseable {

	static final String SUFFIX = ".restoring";

	private final ExistingDatabase existing;

	private final Path file;

	private final boolean overwrite;

	private final FileChannel channel;

	private boolean published;

	private RestoreTarget(ExistingDatabase existing, Path file, boolean overwrite, FileChannel channel) {
		this.existing = existing;
		this.file = file;
		this.overwrite = overwrite;
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
		ExistingDatabase existing = new ExistingDatabase(target);
		Path file = target.resolveSibling(target.getFileName() + SUFFIX);
		try {
			existing.requireReplaceable(overwrite);
			FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
					StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
			// SQLite never locks this byte
			if (!ExistingDatabase.isFree(channel, 0, 1)) {
				channel.close();
				throw new RestoreException("Another process restores to " + target + " now: it holds " + file);
			}
			return new RestoreTarget(existing, file, overwrite, channel);
		}
		catch (IOException ex) {
			throw failure(file, ex);
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
		Path target = this.existing.path();
		try {
			this.existing.requireReplaceable(this.overwrite);
			if (this.overwrite) {
				this.existing.handOver(this.file);
				Files.move(this.file, target, StandardCopyOption.ATOMIC_MOVE);
				this.published = true;
			}
			else {
				giveFreeName(target);
			}
			try (FileChannel directory = FileChannel.open(target.resolveSibling("."), StandardOpenOption.READ)) {
				directory.force(true);
			}
		}
		catch (FileAlreadyExistsException ex) {
			throw new RestoreException(target + " has been made by somebody else meanwhile, and was left alone", ex);
		}
		catch (IOException ex) {
			throw failure(target, ex);
		}
	}

	/**
	 * A link fails where a rename would replace what somebody has made meanwhile.
	 */
	private void giveFreeName(Path target) throws IOException {
		try {
			Files.createLink(target, this.file);
		}
		catch (UnsupportedOperationException ex) {
			Files.move(this.file, target);
			this.published = true;
		}
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
		if (cause instanceof ClosedByInterruptException) {
			return new RestoreException("The restore was interrupted", ex);
		}
		String text = (cause instanceof FileSystemException system && system.getReason() != null) ? system.getReason()
				: String.valueOf(cause.getMessage());
		String reason = text;
		if (cause instanceof AccessDeniedException) {
			reason = "permission denied";
		}
		else if (cause instanceof NoSuchFileException) {
			reason = "its directory has been removed";
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
