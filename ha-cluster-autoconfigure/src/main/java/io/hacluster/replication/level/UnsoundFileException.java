package io.hacluster.replication.level;

import io.hacluster.HaClusterException;
import io.hacluster.replication.LogEntry;

/**
 * A file in the log is not what it should be.
 */
final class UnsoundFileException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	private final transient LogEntry entry;

	UnsoundFileException(LogEntry entry, Exception cause) {
		super(entry.name() + " in the log is not sound: " + cause.getMessage(), cause);
		this.entry = entry;
	}

	LogEntry entry() {
		return this.entry;
	}

}
