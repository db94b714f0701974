package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Puts a new database file in the place of a replica that nobody has open, or all who do
 * have been cut off from.
 */
final class ReplicaSwap {

	private ReplicaSwap() {
	}

	/**
	 * Swaps. The write-ahead log goes before its index: as long as that stands, nobody
	 * who comes by the new file begins with a log that is about to go.
	 * @param file the new file
	 * @param replica its place
	 * @throws IOException if a rename fails
	 */
	static void perform(Path file, ReplicaFile replica) throws IOException {
		Files.move(file, replica.database(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		for (Path companion : replica.companions()) {
			Files.deleteIfExists(companion);
		}
		PositionFile.syncDirectory(replica.database());
	}

}
