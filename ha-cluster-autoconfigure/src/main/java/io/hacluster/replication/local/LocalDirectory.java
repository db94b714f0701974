package io.hacluster.replication.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.ltx.LtxName;

/**
 * Where things are in the directory of a log, and how they are made durable there.
 * {@code ltx/<level>/} is laid out like the file replica of Litestream 0.5;
 * {@code terms/} and {@code ltx/log-id} are ours.
 *
 * @param root the directory
 */
record LocalDirectory(Path root) {

	static final String REMOVED_PREFIX = ".removed-";

	private static final int REMOVE_ATTEMPTS = 1000;

	Path ltx() {
		return this.root.resolve("ltx");
	}

	Path level(int level) {
		return ltx().resolve(Integer.toString(level));
	}

	Path file(LtxName name) {
		return level(name.level()).resolve(name.fileName());
	}

	Path terms() {
		return this.root.resolve("terms");
	}

	Path logId() {
		return ltx().resolve("log-id");
	}

	/**
	 * Makes the directory if only its last element is missing: a longer missing path is
	 * more likely a mistake or a file system that is not mounted.
	 */
	void create() {
		try {
			if (!Files.isDirectory(this.root)) {
				Path parent = this.root.toAbsolutePath().getParent();
				if (parent != null && !Files.isDirectory(parent)) {
					throw new StoreUnavailableException("Directory '" + this.root + "' of the local store cannot be "
							+ "created: its parent directory '" + parent + "' does not exist", null);
				}
				makeDirectory(this.root);
			}
		}
		catch (IOException ex) {
			throw unavailable("be created", ex);
		}
	}

	void requirePresent() {
		if (!Files.isDirectory(this.root)) {
			throw new StoreUnavailableException("Directory '" + this.root + "' of the local store is missing", null);
		}
	}

	void makeDirectory(Path directory) throws IOException {
		if (Files.isDirectory(directory)) {
			return;
		}
		try {
			Files.createDirectory(directory,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		catch (FileAlreadyExistsException ex) {
			if (!Files.isDirectory(directory)) {
				throw ex;
			}
		}
		Path parent = directory.toAbsolutePath().getParent();
		if (parent != null) {
			sync(parent);
		}
	}

	/**
	 * Makes the entries of a directory durable (Litestream #1344).
	 */
	void sync(Path directory) throws IOException {
		try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
	}

	static List<Path> children(Path directory) throws IOException {
		List<Path> children = new ArrayList<>();
		try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
			stream.forEach(children::add);
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		return children;
	}

	/**
	 * Takes a directory away from whoever works in it. When this returns, no rename from
	 * or into it can succeed any more, not even one that was under way: its path is gone,
	 * it has been emptied, and it has been removed, which the kernel does only when it is
	 * empty and after which it admits no entry.
	 * @param directory the directory
	 * @param quarantine a directory on the same file system
	 */
	static void remove(Path directory, Path quarantine) throws IOException {
		Path aside = quarantine.resolve(REMOVED_PREFIX + UUID.randomUUID());
		try {
			Files.move(directory, aside);
		}
		catch (NoSuchFileException ex) {
			return;
		}
		removeTree(aside);
	}

	static void removeTree(Path tree) throws IOException {
		for (int attempt = 1;; attempt++) {
			for (Path child : children(tree)) {
				if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
					removeTree(child);
				}
				else {
					Files.deleteIfExists(child);
				}
			}
			try {
				Files.deleteIfExists(tree);
				return;
			}
			catch (DirectoryNotEmptyException ex) {
				if (attempt == REMOVE_ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	StoreUnavailableException unavailable(String what, IOException ex) {
		return new StoreUnavailableException(
				"Directory '" + this.root + "' of the local store cannot " + what + ": " + reason(ex), ex);
	}

	private String reason(IOException ex) {
		String text = (ex instanceof FileSystemException fs && fs.getReason() != null) ? fs.getReason()
				: String.valueOf(ex.getMessage());
		if (ex instanceof AccessDeniedException) {
			return "permission denied on '" + ex.getMessage() + "'";
		}
		if (ex instanceof NoSuchFileException) {
			return "'" + ex.getMessage() + "' does not exist";
		}
		if (text.contains("No space left") || text.contains("quota")) {
			return "the disk is full (" + text + "); free space there";
		}
		if (text.contains("Read-only file system")) {
			return "it is on a read-only file system";
		}
		return text;
	}

}
