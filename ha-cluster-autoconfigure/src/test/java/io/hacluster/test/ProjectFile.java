package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of this project that are not part of a module, such as documents and examples.
 */
public final class ProjectFile {

	private ProjectFile() {
	}

	/**
	 * Finds a file.
	 * @param name its path from the root of the project
	 * @return the file
	 */
	public static Path path(String name) {
		for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
			if (Files.exists(at.resolve("mvnw")) && Files.exists(at.resolve(name))) {
				return at.resolve(name);
			}
		}
		throw new IllegalStateException("There is no " + name);
	}

	/**
	 * Reads a file.
	 * @param name its path from the root of the project
	 * @return what it says
	 */
	public static String read(String name) {
		try {
			return Files.readString(path(name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
