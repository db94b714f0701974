package io.hacluster.backend.docker;

import org.jspecify.annotations.Nullable;

import io.hacluster.backend.BackendException;

/**
 * The Docker engine is not there, may not be used, or does not answer.
 */
public final class EngineUnavailableException extends BackendException {

	private static final long serialVersionUID = 1L;

	EngineUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
