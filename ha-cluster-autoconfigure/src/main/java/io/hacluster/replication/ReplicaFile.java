package io.hacluster.replication;

import java.nio.file.Path;
import java.util.List;

/**
 * The files of one SQLite database in WAL mode.
 *
 * @param database the database file
 */
record ReplicaFile(Path database) {

	/**
	 * Returns the write-ahead log.
	 * @return the path with {@code -wal}
	 */
	Path log() {
		return sibling("-wal");
	}

	/**
	 * Returns the wal-index.
	 * @return the path with {@code -shm}
	 */
	Path shared() {
		return sibling("-shm");
	}

	/**
	 * Returns what stands beside the database file.
	 * @return write-ahead log and wal-index
	 */
	List<Path> companions() {
		return List.of(log(), shared());
	}

	private Path sibling(String suffix) {
		return this.database.resolveSibling(this.database.getFileName() + suffix);
	}

}
