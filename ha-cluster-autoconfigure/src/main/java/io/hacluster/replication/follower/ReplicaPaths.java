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
	 * @param replica the follower's path
	 * @param state the state directory, beside the first
	 * @throws HaClusterException if something is wrong, naming the property to change
	 */
	static void require(Path path, ReplicaLink replica, Path state) {
		Path replicaPath = replica.path();
		if (path.equals(replicaPath)) {
			throw new HaClusterException(PATH + " and " + REPLICA_PATH + " must differ, but both are " + path);
		}
		requireDirectory(PATH, path);
		requireDirectory(REPLICA_PATH, replicaPath);
		try {
			requireLinks(path, replica);
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

	/**
	 * A link that somebody else has made would be renamed, not what it leads to.
	 */
	private static void requireLinks(Path path, ReplicaLink replica) throws IOException {
		if (Files.isSymbolicLink(path)) {
			throw new HaClusterException(PATH + " (" + path + ") is a symbolic link. Let it name the file itself");
		}
		if (Files.isSymbolicLink(replica.path()) && !replica.isBelow(replica.target())) {
			throw new HaClusterException(
					REPLICA_PATH + " (" + replica.path() + ") is a symbolic link that leads out of "
							+ replica.directories() + ". Remove it, or let the property name another file");
		}
		if (path.startsWith(replica.directories())) {
			throw new HaClusterException(PATH + " (" + path + ") must not be below " + replica.directories()
					+ ", which is for the replicas of " + REPLICA_PATH);
		}
		if (Files.exists(replica.directories()) && !Files.isDirectory(replica.directories())) {
			throw new HaClusterException(replica.directories() + " is in the way of the replicas of " + REPLICA_PATH
					+ ": it must be a directory. Move it away, or let the property name another file");
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
