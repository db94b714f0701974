package io.hacluster.backend.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

import io.hacluster.backend.BackendException;

/**
 * What a node writes down about the container it runs: for the guard, and for its next
 * life in case the engine cannot be asked then.
 *
 * @param container the id of the container
 * @param pid its first process, 0 while it is being started, and where it cannot be seen
 * because this application runs in a container itself
 */
record ContainerRecord(String container, long pid) {

	private static final String CONTAINER = "container=";

	private static final String PID = "pid=";

	static Optional<ContainerRecord> read(Path file) {
		try {
			String container = "";
			long pid = 0;
			for (String line : Files.readAllLines(file)) {
				if (line.startsWith(CONTAINER)) {
					container = line.substring(CONTAINER.length());
				}
				else if (line.startsWith(PID)) {
					pid = Long.parseLong(line.substring(PID.length()));
				}
			}
			return container.isEmpty() ? Optional.empty() : Optional.of(new ContainerRecord(container, pid));
		}
		catch (IOException | NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Writes the record.
	 * @throws BackendException if that is not possible
	 */
	void write(Path file) {
		try {
			Path temporary = file.resolveSibling(file.getFileName() + ".new");
			Files.writeString(temporary, CONTAINER + this.container + "\n" + PID + this.pid + "\n");
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new BackendException("The container cannot be recorded in " + file + ": " + ex, ex);
		}
	}

	static void delete(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// A record of a container that does not run does no harm.
		}
	}

	boolean isVisible() {
		return this.pid > 0;
	}

	/**
	 * Returns whether the recorded process does certainly not run any more.
	 */
	boolean isGone() {
		return isVisible() && !ContainerKill.isProcessOf(this.pid, this.container);
	}

}
