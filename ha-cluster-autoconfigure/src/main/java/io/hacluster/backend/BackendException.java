package io.hacluster.backend;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * A backend could not be started or stopped.
 */
public class BackendException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	public BackendException(String message) {
		super(message);
	}

	public BackendException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
