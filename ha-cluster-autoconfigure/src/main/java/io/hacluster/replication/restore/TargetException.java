package io.hacluster.replication.restore;

import java.io.IOException;

/**
 * The database file cannot be written, as opposed to the log not being readable.
 */
public final class TargetException extends IOException {

	private static final long serialVersionUID = 1L;

	TargetException(IOException cause) {
		super(cause.getMessage(), cause);
	}

}
