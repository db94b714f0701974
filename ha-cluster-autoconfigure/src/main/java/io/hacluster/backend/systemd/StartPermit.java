package io.hacluster.backend.systemd;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is there while this node wants its unit to run. With the drop-in, systemd
 * refuses to start the unit without it, whoever asks: the boot, a person,
 * {@code Restart=} after a step-down, or the restart of the manager's unit, which systemd
 * extends to all units that are bound to it.
 * <p>
 * It is below {@code /run}, and as {@code RuntimeDirectory=} of the manager's unit it
 * goes when that ends, however it does.
 */
final class StartPermit {

	/**
	 * The {@code RuntimeDirectory=} of the manager's unit.
	 */
	static final String DIRECTORY = "ha-cluster";

	private final Path path;

	StartPermit(Path path) {
		this.path = path;
	}

	static String file(String unit) {
		return "/run/" + DIRECTORY + "/" + unit;
	}

	/**
	 * Permits starts.
	 * @return why that failed, empty if it did not
	 */
	String give() {
		try {
			Files.createDirectories(this.path.getParent());
			Files.createFile(this.path);
			return "";
		}
		catch (FileAlreadyExistsException ex) {
			return "";
		}
		catch (IOException ex) {
			return "the file " + this.path + " cannot be made: " + ex;
		}
	}

	/**
	 * Permits no more starts.
	 * @throws IOException if that failed
	 */
	void take() throws IOException {
		Files.deleteIfExists(this.path);
	}

}
