package io.hacluster.replication.wal;

import io.hacluster.HaClusterException;

/**
 * A write-ahead log no longer holds what it held at a known position: it was restarted,
 * truncated or overwritten. What was committed since then cannot be told from it.
 */
public final class WalChangedException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	WalChangedException(String message) {
		super(message);
	}

}
