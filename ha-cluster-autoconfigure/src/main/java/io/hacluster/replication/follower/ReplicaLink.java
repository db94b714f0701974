package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

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

	private final Path path;

	private final ReplicaDirectories directories;

	/**
	 * Creates the link's keeper; nothing is made yet.
	 * @param path the path by which readers come, absolute
	 */
	ReplicaLink(Path path) {
		this.path = path;
		this.directories = new ReplicaDirectories(path.resolveSibling(path.getFileName() + ".d"));
	}

	Path path() {
		return this.path;
	}

	/**
	 * Returns the directory of the directories of all replicas.
	 * @return a path beside the link
	 */
	Path directories() {
		return this.directories.path();
	}

	/**
	 * Returns the replica that the link leads to, by whatever way.
	 * @return its files, which need not be there; if there is no link of ours, those at
	 * the path itself
	 * @throws IOException if the link cannot be read
	 */
	ReplicaFile target() throws IOException {
		if (Files.isSymbolicLink(this.path)) {
			Path target = this.path.resolveSibling(Files.readSymbolicLink(this.path)).normalize();
			if (isBelow(target)) {
				return new ReplicaFile(target);
			}
			if (Files.exists(this.path) && Files.exists(directories())) {
				Path below = directories().toRealPath().relativize(this.path.toRealPath());
				Path found = directories().resolve(below).normalize();
				if (isBelow(found)) {
					return new ReplicaFile(found);
				}
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
		return file(this.directories.create());
	}

	private ReplicaFile file(Path directory) {
		return new ReplicaFile(directory.resolve(this.path.getFileName()));
	}

	/**
	 * Returns whether a database is, or was, in a directory of ours.
	 * @param file the database
	 * @return whether it is
	 */
	boolean isBelow(ReplicaFile file) {
		return isBelow(file.database());
	}

	private boolean isBelow(Path database) {
		Path directory = database.getParent();
		return directory != null && this.directories.isKept(directory);
	}

	/**
	 * Lets a new file take the place of the replica, of which nothing is kept. Who has
	 * the former open keeps it until he closes it. The path leads to one of the two at
	 * any time.
	 * @param file the new file, on the same file system
	 * @throws IOException if a rename fails
	 */
	void replace(Path file) throws IOException {
		ReplicaFile former = target();
		boolean plain = !isBelow(former) && Files.exists(this.path) && Files.size(this.path) > 0;
		Path fresh = this.directories.prepare();
		Files.move(file, file(fresh).database(), StandardCopyOption.ATOMIC_MOVE);
		PositionFile.syncDirectory(file(fresh).database());
		leadOrClear(file(this.directories.admit(fresh, directory(former))));
		if (plain) {
			for (Path companion : former.companions()) {
				Files.deleteIfExists(companion);
			}
		}
		clear();
	}

	private void leadOrClear(ReplicaFile next) throws IOException {
		try {
			lead(next);
		}
		catch (IOException ex) {
			try {
				clear();
			}
			catch (IOException suppressed) {
				ex.addSuppressed(suppressed);
			}
			throw ex;
		}
	}

	private static Path directory(ReplicaFile file) {
		return file.database().resolveSibling("").normalize();
	}

	/**
	 * Lets the link lead to a replica, in one step.
	 * @param file the replica
	 * @throws IOException if the link cannot be made
	 */
	void lead(ReplicaFile file) throws IOException {
		Path temporary = this.path.resolveSibling(this.path.getFileName() + ".link");
		Files.deleteIfExists(temporary);
		Files.createSymbolicLink(temporary, this.path.resolveSibling("").relativize(file.database()));
		Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		PositionFile.syncDirectory(this.path);
	}

	/**
	 * Removes the link to a replica that has been moved away.
	 * @param former where the replica was
	 * @throws IOException if that fails
	 */
	void unlink(ReplicaFile former) throws IOException {
		if (Files.isSymbolicLink(this.path) && target().equals(former)) {
			Files.delete(this.path);
			PositionFile.syncDirectory(this.path);
		}
	}

	/**
	 * Lists the databases that the link does not lead to and that are not dispensable
	 * either.
	 * @return the databases, of which there may be a write-ahead log only
	 * @throws IOException if they cannot be listed
	 */
	List<ReplicaFile> strays() throws IOException {
		ReplicaFile target = target();
		return this.directories.kept()
			.stream()
			.map(this::file)
			.filter((file) -> !file.equals(target))
			.filter((file) -> isFilled(file.database()) || isFilled(file.log()))
			.toList();
	}

	private static boolean isFilled(Path file) {
		return file.toFile().length() > 0;
	}

	/**
	 * Removes what is dispensable. What cannot be removed is left for the next time.
	 * @throws IOException if the directories cannot be listed
	 */
	void clear() throws IOException {
		this.directories.clear(target());
	}

}
