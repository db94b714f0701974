package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import io.hacluster.HaClusterException;

/**
 * What has to be true of the paths of a node before anything is done with them.
 */
final class ReplicaPaths {

	private static final String PATH = "ha.cluster.sqlite.path";

	private static final String REPLICA_PATH = "ha.cluster.sqlite.replica-path";

	private ReplicaPaths() {
	}

	/**
	 * Checks the paths and makes the state directory.
	 * @param path the leader's path
	 * @param replicaPath the follower's path
	 * @param state the state directory, beside the first
	 * @throws HaClusterException if something is wrong, naming the property to change
	 */
	static void require(Path path, Path replicaPath, Path state) {
		if (path.equals(replicaPath)) {
			throw new HaClusterException(PATH + " and " + REPLICA_PATH + " must differ, but both are " + path);
		}
		requireDirectory(PATH, path);
		requireDirectory(REPLICA_PATH, replicaPath);
		try {
			Files.createDirectories(state,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			if (!Files.getFileStore(path.resolveSibling("."))
				.equals(Files.getFileStore(replicaPath.resolveSibling(".")))) {
				throw new HaClusterException(PATH + " (" + path + ") and " + REPLICA_PATH + " (" + replicaPath
						+ ") must be on one file system, because the one becomes the other by rename");
			}
		}
		catch (IOException ex) {
			throw new HaClusterException("The state directory " + state + " beside " + PATH + " cannot be made: " + ex,
					ex);
		}
	}

	private static void requireDirectory(String property, Path file) {
		Path directory = file.resolveSibling(".").normalize();
		if (!Files.isDirectory(directory)) {
			throw new HaClusterException(
					"The directory " + directory + " of " + property + " (" + file + ") does not exist");
		}
		if (!Files.isWritable(directory)) {
			throw new HaClusterException(
					"The directory " + directory + " of " + property + " (" + file + ") cannot be written to");
		}
		if (Files.isDirectory(file)) {
			throw new HaClusterException(property + " (" + file + ") is a directory, not a file");
		}
	}

}
