package io.hacluster.election.local;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;

/**
 * The directory of the local store is missing, is not a directory, or cannot be written.
 */
public class UnusableDirectoryException extends StoreUnavailableException {

	private static final long serialVersionUID = 1L;

	private final transient Path directory;

	/**
	 * Creates the exception.
	 * @param directory the directory as configured
	 * @param problem what is wrong with it
	 * @param cause the cause, if there is one
	 */
	public UnusableDirectoryException(Path directory, String problem, @Nullable Throwable cause) {
		super("The directory '" + directory + "' of the local store " + problem, cause);
		this.directory = directory;
	}

	/**
	 * Returns the directory.
	 * @return the directory as configured
	 */
	public Path directory() {
		return this.directory;
	}

}
