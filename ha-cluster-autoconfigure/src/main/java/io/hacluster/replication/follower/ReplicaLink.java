package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The path of the replica: a symbolic link to the database file, each of which has a
 * directory of its own that no other ever has again.
 * <p>
 * SQLite opens a database file by its path at once, the write-ahead log and its index by
 * the same path with the first read only, and looks through symbolic links before all
 * that. Were one file to take another's place under one path, who had opened the former
 * and reads for the first time after that would see its pages together with the log of
 * the latter. Thus whoever comes too late finds a directory that is gone, and is told so
 * by SQLite (SQLITE_CANTOPEN or SQLITE_IOERR).
 *
 * @see <a href="https://www.sqlite.org/howtocorrupt.html">How To Corrupt An SQLite
 * Database File, section 2.4</a>
 */
final class ReplicaLink {

	private static final int NAME_BYTES = 8;

	private static final String WITHDRAWN = ".gone";

	private final Path path;

	private final Path directories;

	private final SecureRandom random = new SecureRandom();

	/**
	 * Creates the link's keeper; nothing is made yet.
	 * @param path the path by which readers come, absolute
	 */
	ReplicaLink(Path path) {
		this.path = path;
		this.directories = path.resolveSibling(path.getFileName() + ".d");
	}

	Path path() {
		return this.path;
	}

	/**
	 * Returns the replica that the link leads to.
	 * @return its files; if there is no link of ours, those at the path itself
	 * @throws IOException if the link cannot be read
	 */
	ReplicaFile target() throws IOException {
		if (Files.isSymbolicLink(this.path)) {
			Path target = this.path.resolveSibling(Files.readSymbolicLink(this.path)).normalize();
			if (isBelow(target)) {
				return new ReplicaFile(target);
			}
		}
		return new ReplicaFile(this.path);
	}

	/**
	 * Makes the directory of a new replica.
	 * @return where its files belong, none of which is there
	 * @throws IOException if it cannot be made
	 */
	ReplicaFile create() throws IOException {
		byte[] name = new byte[NAME_BYTES];
		this.random.nextBytes(name);
		Path directory = this.directories.resolve(HexFormat.of().formatHex(name));
		if (!Files.isDirectory(this.directories)) {
			Files.createDirectory(this.directories);
			PositionFile.syncDirectory(this.directories);
		}
		Files.createDirectory(directory);
		PositionFile.syncDirectory(directory);
		return new ReplicaFile(directory.resolve(this.path.getFileName()));
	}

	/**
	 * Returns whether a database is, or was, at a place that {@link #create()} has given.
	 * @param file the database
	 * @return whether it is
	 */
	boolean isBelow(ReplicaFile file) {
		return isBelow(file.database());
	}

	private boolean isBelow(Path database) {
		Path directory = database.getParent();
		return directory != null && this.directories.equals(directory.getParent());
	}

	/**
	 * Lets the link lead to another replica, in one step.
	 * @param file the replica
	 * @throws IOException if the link cannot be made
	 */
	void lead(ReplicaFile file) throws IOException {
		Path temporary = this.path.resolveSibling(this.path.getFileName() + ".link");
		Files.deleteIfExists(temporary);
		Files.createSymbolicLink(temporary, this.path.resolveSibling("").relativize(file.database()));
		Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		for (Path companion : new ReplicaFile(this.path).companions()) {
			Files.deleteIfExists(companion);
		}
		PositionFile.syncDirectory(this.path);
	}

	/**
	 * Removes all that the link does not lead to, and the link if it leads nowhere. Who
	 * has a file open keeps it until he closes it.
	 * @throws IOException if that fails
	 */
	void clear() throws IOException {
		ReplicaFile target = target();
		if (isBelow(target) && !Files.exists(target.database())) {
			Files.delete(this.path);
			PositionFile.syncDirectory(this.path);
		}
		for (Path directory : list(this.directories)) {
			if (!Files.exists(this.path) || !directory.equals(target.database().getParent())) {
				remove(directory);
			}
		}
	}

	/**
	 * Takes a directory away in one step: no path leads to a part of what is in it.
	 * @param directory one of ours
	 * @return where it is now
	 * @throws IOException if it cannot be renamed
	 */
	static Path withdraw(Path directory) throws IOException {
		Path withdrawn = withdrawn(directory);
		if (Files.exists(directory)) {
			Files.move(directory, withdrawn, StandardCopyOption.ATOMIC_MOVE);
		}
		return withdrawn;
	}

	/**
	 * Returns where a directory is once it has been taken away.
	 * @param directory one of ours
	 * @return the path, the same if it is there already
	 */
	static Path withdrawn(Path directory) {
		String name = directory.getFileName().toString();
		return name.endsWith(WITHDRAWN) ? directory : directory.resolveSibling(name + WITHDRAWN);
	}

	private static void remove(Path directory) throws IOException {
		Path withdrawn = withdraw(directory);
		for (Path file : list(withdrawn)) {
			Files.deleteIfExists(file);
		}
		Files.deleteIfExists(withdrawn);
	}

	private static List<Path> list(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.toList();
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			return List.of();
		}
	}

}
