package io.hacluster.replication.restore;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * A database could not be restored. The message says why and what to do; nothing has been
 * left behind.
 */
public sealed class RestoreException extends HaClusterException permits RestoreTargetExistsException {

	private static final long serialVersionUID = 1L;

	RestoreException(String message) {
		super(message);
	}

	RestoreException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
