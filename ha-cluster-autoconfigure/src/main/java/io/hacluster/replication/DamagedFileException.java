package io.hacluster.replication;

import java.io.IOException;

/**
 * The bytes of a file in the log are not those that were stored.
 */
public final class DamagedFileException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message which file, and what is wrong with it
	 */
	public DamagedFileException(String message) {
		super(message);
	}

}
