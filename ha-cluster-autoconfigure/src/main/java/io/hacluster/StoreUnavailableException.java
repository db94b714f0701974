package io.hacluster;

import org.jspecify.annotations.Nullable;

/**
 * A store could not be asked, or did not answer in time. For a write this means that the
 * outcome is unknown: it may have been stored, or may still be.
 */
public class StoreUnavailableException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	public StoreUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
