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
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * <p>
 * A directory is removed only if its name says that it may be, if the one that the link
 * leads to was made to supersede it, or if nothing is in it: where the link leads is no
 * proof by itself.
 *
 * @see <a href="https://www.sqlite.org/howtocorrupt.html">How To Corrupt An SQLite
 * Database File, section 2.4</a>
 */
final class ReplicaLink {

	private static final Logger logger = LoggerFactory.getLogger(ReplicaLink.class);

	private static final int NAME_BYTES = 8;

	/** On its way to another place, with a database. */
	private static final String WITHDRAWN = ".gone";

	/** Not led to yet, and no loss. */
	private static final String NEW = ".new";

	/** Another replica has taken its place. */
	private static final String SUPERSEDED = ".old";

	/** Names the directory that another supersedes as soon as the link leads there. */
	private static final String SUPERSEDES = ".supersedes";

	private static final Pattern KEPT = Pattern.compile("[0-9a-f]{16}(\\.gone)?");

	private static final Pattern SUCCESSION = Pattern.compile("[0-9a-f]{16}\\.supersedes");

	private static final Pattern DISPENSABLE = Pattern.compile("[0-9a-f]{16}(\\.gone)?\\.(new|old)");

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
	 * Returns the directory of the directories of all replicas.
	 * @return a path beside the link
	 */
	Path directories() {
		return this.directories;
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
			if (Files.exists(this.path) && Files.exists(this.directories)) {
				Path below = this.directories.toRealPath().relativize(this.path.toRealPath());
				Path found = this.directories.resolve(below).normalize();
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
		return file(make(""));
	}

	private Path make(String suffix) throws IOException {
		byte[] name = new byte[NAME_BYTES];
		this.random.nextBytes(name);
		Path directory = this.directories.resolve(HexFormat.of().formatHex(name) + suffix);
		if (!Files.isDirectory(this.directories)) {
			Files.createDirectory(this.directories);
			PositionFile.syncDirectory(this.directories);
		}
		Files.createDirectory(directory);
		PositionFile.syncDirectory(directory);
		return directory;
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
		return directory != null && this.directories.equals(directory.getParent())
				&& KEPT.matcher(directory.getFileName().toString()).matches();
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
		Path fresh = make(NEW);
		Files.move(file, file(fresh).database(), StandardCopyOption.ATOMIC_MOVE);
		PositionFile.syncDirectory(file(fresh).database());
		Path directory = former.database().getParent();
		if (directory != null && isBelow(former) && Files.exists(directory)) {
			Files.createSymbolicLink(renamed(fresh, NEW, SUPERSEDES), directory.getFileName());
		}
		lead(file(rename(fresh, NEW, "")));
		if (plain) {
			for (Path companion : former.companions()) {
				Files.deleteIfExists(companion);
			}
		}
		clear();
	}

	private static Path renamed(Path directory, String before, String after) {
		String name = directory.getFileName().toString();
		return directory.resolveSibling(name.substring(0, name.length() - before.length()) + after);
	}

	private static Path rename(Path directory, String before, String after) throws IOException {
		Path renamed = renamed(directory, before, after);
		Files.move(directory, renamed, StandardCopyOption.ATOMIC_MOVE);
		PositionFile.syncDirectory(directory);
		return renamed;
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
		return list(this.directories).stream()
			.map(this::file)
			.filter((file) -> isBelow(file) && !file.equals(target))
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
		Path target = target().database().getParent();
		for (Path succession : list(this.directories)) {
			if (SUCCESSION.matcher(succession.getFileName().toString()).matches()) {
				conclude(succession, target);
			}
		}
		for (Path directory : list(this.directories)) {
			String name = directory.getFileName().toString();
			boolean dispensable = DISPENSABLE.matcher(name).matches();
			boolean empty = KEPT.matcher(name).matches() && !directory.equals(target) && Files.isDirectory(directory)
					&& list(directory).isEmpty();
			if (dispensable || empty) {
				remove(directory);
			}
		}
	}

	private void conclude(Path succession, @Nullable Path target) throws IOException {
		Path successor = renamed(succession, SUPERSEDES, "");
		if (successor.equals(target)) {
			Path former = succession.resolveSibling(Files.readSymbolicLink(succession).getFileName());
			if (isBelow(file(former)) && !former.equals(target) && Files.isDirectory(former)) {
				rename(former, "", SUPERSEDED);
			}
		}
		else if (Files.exists(successor)) {
			return;
		}
		Files.delete(succession);
	}

	private static void remove(Path directory) {
		try {
			for (Path file : list(directory)) {
				Files.deleteIfExists(file);
			}
			Files.deleteIfExists(directory);
		}
		catch (IOException ex) {
			logger.warn("{} is not needed any more, but cannot be removed: {}", directory, ex.toString());
		}
	}

	/**
	 * Takes a directory away in one step: no path leads to a part of what is in it.
	 * @param directory one of ours
	 * @throws IOException if it cannot be renamed
	 */
	static void withdraw(Path directory) throws IOException {
		Path withdrawn = withdrawn(directory);
		if (!withdrawn.equals(directory)) {
			Files.move(directory, withdrawn, StandardCopyOption.ATOMIC_MOVE);
			PositionFile.syncDirectory(directory);
		}
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

	private static List<Path> list(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.toList();
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			return List.of();
		}
	}

}
