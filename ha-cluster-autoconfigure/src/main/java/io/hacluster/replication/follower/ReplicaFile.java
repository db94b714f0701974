package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one SQLite database in WAL mode.
 *
 * @param database the database file
 */
public record ReplicaFile(Path database) {

	/**
	 * Returns the write-ahead log.
	 * @return the path with {@code -wal}
	 */
	public Path log() {
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

	/**
	 * Within one process SQLite shares the wal-index among all connections to a file,
	 * under the name that the first of them knew. One that was opened while this node led
	 * makes all others use an index that no reader of the replica would find.
	 */
	void requireIndex() throws IOException {
		if (!Files.exists(shared())) {
			throw new IOException("this application still has a connection to the database open from when this node "
					+ "led; it has to be closed when the leadership is lost, in a method with @OnLeadershipLost");
		}
	}

}
