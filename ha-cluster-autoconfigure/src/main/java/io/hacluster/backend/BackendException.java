package io.hacluster.backend;

import io.hacluster.HaClusterException;

import org.jspecify.annotations.Nullable;

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
