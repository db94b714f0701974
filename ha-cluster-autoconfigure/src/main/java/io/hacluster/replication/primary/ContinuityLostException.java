package io.hacluster.replication.primary;

import io.hacluster.HaClusterException;

/**
 * The write-ahead log no longer connects to what has been shipped; only a full copy does.
 */
final class ContinuityLostException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	ContinuityLostException(String message) {
		super(message);
	}

}
