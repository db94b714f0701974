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
 * The directories of the replicas, one for each, whose random names are never used again.
 * <p>
 * One is removed only if its name says that it may be, if it is one of the two that were
 * there while one took the place of the other, and not the one that became or stayed the
 * replica, or if nothing is in it: where the link leads is no proof by itself.
 */
final class ReplicaDirectories {

	private static final Logger logger = LoggerFactory.getLogger(ReplicaDirectories.class);

	private static final int NAME_BYTES = 8;

	/** On its way to another place, with a database. */
	private static final String WITHDRAWN = ".gone";

	/** Not led to yet, and no loss. */
	private static final String NEW = ".new";

	/** Another replica has taken its place. */
	private static final String SUPERSEDED = ".old";

	/** Names the directory that another supersedes when the link leads there. */
	private static final String SUPERSEDES = ".supersedes";

	private static final Pattern KEPT = Pattern.compile("[0-9a-f]{16}(\\.gone)?");

	private static final Pattern SUCCESSION = Pattern.compile("[0-9a-f]{16}\\.supersedes");

	private static final Pattern DISPENSABLE = Pattern.compile("[0-9a-f]{16}(\\.gone)?\\.(new|old)");

	private final Path path;

	private final SecureRandom random = new SecureRandom();

	/**
	 * Creates the keeper of the directories; nothing is made yet.
	 * @param path the directory that they are in
	 */
	ReplicaDirectories(Path path) {
		this.path = path;
	}

	Path path() {
		return this.path;
	}

	/**
	 * Returns whether a directory is one of those that are not dispensable.
	 * @param directory a path, at which nothing need be
	 * @return whether it is
	 */
	boolean isKept(Path directory) {
		return this.path.equals(directory.getParent()) && isNamed(KEPT, directory);
	}

	/**
	 * Lists those that are not dispensable.
	 * @return the paths
	 * @throws IOException if they cannot be listed
	 */
	List<Path> kept() throws IOException {
		return list(this.path).stream().filter(this::isKept).toList();
	}

	/**
	 * Makes a directory for a replica.
	 * @return an empty directory
	 * @throws IOException if it cannot be made
	 */
	Path create() throws IOException {
		return make("");
	}

	/**
	 * Makes a directory for a replica that is dispensable until it is admitted.
	 * @return an empty directory
	 * @throws IOException if it cannot be made
	 */
	Path prepare() throws IOException {
		return make(NEW);
	}

	/**
	 * Gives a directory that was prepared its name, and writes down which one is
	 * dispensable once the link leads to it.
	 * @param prepared the directory, with its replica
	 * @param former the directory of the replica before, if it is one of ours
	 * @return the directory
	 * @throws IOException if it cannot be renamed
	 */
	Path admit(Path prepared, Path former) throws IOException {
		if (isKept(former) && Files.exists(former)) {
			Files.createSymbolicLink(renamed(prepared, NEW, SUPERSEDES), former.getFileName());
		}
		return rename(prepared, NEW, "");
	}

	private Path make(String suffix) throws IOException {
		byte[] name = new byte[NAME_BYTES];
		this.random.nextBytes(name);
		Path directory = this.path.resolve(HexFormat.of().formatHex(name) + suffix);
		if (!Files.isDirectory(this.path)) {
			Files.createDirectory(this.path);
			PositionFile.syncDirectory(this.path);
		}
		Files.createDirectory(directory);
		PositionFile.syncDirectory(directory);
		return directory;
	}

	/**
	 * Removes what is dispensable. What cannot be removed is left for the next time.
	 * @param replica the replica that the link leads to
	 * @throws IOException if the directories cannot be listed
	 */
	void clear(ReplicaFile replica) throws IOException {
		Path target = replica.database().resolveSibling("").normalize();
		for (Path file : list(this.path)) {
			if (isNamed(SUCCESSION, file) && Files.isSymbolicLink(file)) {
				conclude(file, (replica.database().toFile().length() > 0) ? target : null);
			}
		}
		for (Path directory : list(this.path)) {
			boolean empty = isNamed(KEPT, directory) && !directory.equals(target) && Files.isDirectory(directory)
					&& list(directory).isEmpty();
			if (empty || isNamed(DISPENSABLE, directory)) {
				remove(directory);
			}
		}
	}

	/**
	 * Of the two, the one that the link leads to is the replica, and the other is
	 * dispensable: nothing was written to either while both were there. If there is no
	 * replica where the link leads, nobody knows.
	 */
	private void conclude(Path succession, @Nullable Path target) {
		try {
			Path successor = renamed(succession, SUPERSEDES, "");
			Path former = succession.resolveSibling(Files.readSymbolicLink(succession).getFileName());
			if (successor.equals(target) && isKept(former) && Files.isDirectory(former) && !former.equals(target)) {
				rename(former, "", SUPERSEDED);
			}
			else if (former.equals(target) && Files.isDirectory(successor)) {
				rename(successor, "", NEW);
			}
			Files.delete(succession);
			PositionFile.syncDirectory(succession);
		}
		catch (IOException ex) {
			logger.warn("{}, of a replica that took the place of another, cannot be removed: {}", succession,
					ex.toString());
		}
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
		if (!withdrawn(directory).equals(directory)) {
			rename(directory, "", WITHDRAWN);
		}
	}

	/**
	 * Returns where a directory is once it has been taken away.
	 * @param directory one of ours
	 * @return the path, the same if it is there already
	 */
	static Path withdrawn(Path directory) {
		return directory.toString().endsWith(WITHDRAWN) ? directory : renamed(directory, "", WITHDRAWN);
	}

	private static Path rename(Path directory, String before, String after) throws IOException {
		Path renamed = renamed(directory, before, after);
		Files.move(directory, renamed, StandardCopyOption.ATOMIC_MOVE);
		PositionFile.syncDirectory(directory);
		return renamed;
	}

	private static Path renamed(Path directory, String before, String after) {
		String name = directory.getFileName().toString();
		return directory.resolveSibling(name.substring(0, name.length() - before.length()) + after);
	}

	private static boolean isNamed(Pattern pattern, Path path) {
		return pattern.matcher(path.getFileName().toString()).matches();
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
