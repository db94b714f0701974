package io.hacluster;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this project throws.
 */
public class HaClusterException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public HaClusterException(String message) {
		super(message);
	}

	public HaClusterException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
