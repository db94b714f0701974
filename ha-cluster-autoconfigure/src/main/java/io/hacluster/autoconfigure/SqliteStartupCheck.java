package io.hacluster.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Looks whether the database can be replicated: the directories are there and writable,
 * one rename takes the replica to the database, and what lies there already is in WAL
 * mode.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html">SQLite's file format</a>
 */
final class SqliteStartupCheck implements StartupCheck {

	private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

	private static final int READ_VERSION_OFFSET = 19;

	private static final int READ_VERSION_WAL = 2;

	private final Path database;

	private final Path replica;

	private final String operatingSystem;

	SqliteStartupCheck(Path database, Path replica, String operatingSystem) {
		this.database = database;
		this.replica = replica;
		this.operatingSystem = operatingSystem;
	}

	@Override
	public void run() {
		checkPlatform();
		Path databaseDirectory = checkDirectory(this.database, "ha.cluster.sqlite.path");
		Path replicaDirectory = checkDirectory(this.replica, "ha.cluster.sqlite.replica-path");
		checkFileSystem(databaseDirectory, replicaDirectory);
		checkWalMode();
	}

	private void checkPlatform() {
		if (!this.operatingSystem.startsWith("Linux")) {
			throw new StartupCheckException(
					"SQLite cannot be replicated on " + this.operatingSystem
							+ ": the locks that this needs are those of Linux.",
					"Run the node on Linux, or leave 'ha.cluster.sqlite.path' out to use the election alone.", null);
		}
	}

	private Path checkDirectory(Path file, String property) {
		Path directory = file.getParent();
		if (directory == null || !Files.isDirectory(directory)) {
			throw new StartupCheckException("The directory of " + file + " does not exist.",
					"Create " + directory + ", or correct '" + property + "'.", null);
		}
		if (!Files.isWritable(directory)) {
			throw new StartupCheckException("The directory of " + file + " is not writable.",
					"Let the user of this application write to " + directory + ", or correct '" + property + "'.",
					null);
		}
		return directory;
	}

	private void checkFileSystem(Path databaseDirectory, Path replicaDirectory) {
		try {
			if (!Files.getFileStore(databaseDirectory).equals(Files.getFileStore(replicaDirectory))) {
				throw new StartupCheckException(
						"The database " + this.database + " and its replica " + this.replica
								+ " are on different file systems, so that neither can take the other's place by "
								+ "a rename.",
						"Let 'ha.cluster.sqlite.replica-path' name a file next to 'ha.cluster.sqlite.path'.", null);
			}
		}
		catch (IOException ex) {
			throw unreadable(databaseDirectory, ex);
		}
	}

	private void checkWalMode() {
		byte[] header = readHeader();
		if (header == null) {
			return;
		}
		if (!Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
			throw new StartupCheckException("The file " + this.database + " is not a SQLite database.",
					"Move the file away, or correct 'ha.cluster.sqlite.path'.", null);
		}
		if (header[READ_VERSION_OFFSET] != READ_VERSION_WAL) {
			throw new StartupCheckException("The database " + this.database + " is not in WAL mode.",
					"Run \"PRAGMA journal_mode=WAL\" on the database once, for example with the sqlite3 shell, and let "
							+ "the backend leave the mode as it is; or correct 'ha.cluster.sqlite.path'.",
					null);
		}
	}

	private byte @Nullable [] readHeader() {
		if (!Files.exists(this.database)) {
			return null;
		}
		try (InputStream in = Files.newInputStream(this.database)) {
			byte[] header = in.readNBytes(READ_VERSION_OFFSET + 1);
			return (header.length > READ_VERSION_OFFSET) ? header : null;
		}
		catch (IOException ex) {
			throw unreadable(this.database, ex);
		}
	}

	private static StartupCheckException unreadable(Path path, IOException cause) {
		return new StartupCheckException(path + " cannot be read: " + cause,
				"Let the user of this application read it, or correct 'ha.cluster.sqlite.path'.", cause);
	}

}
