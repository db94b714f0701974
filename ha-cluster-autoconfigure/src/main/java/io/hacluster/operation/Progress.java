package io.hacluster.operation;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;

/**
 * How far a node is in the log.
 *
 * @param position the last transaction it has applied, {@code null} if it replicates
 * nothing
 * @param logPosition the last transaction it knows to be in the log, {@code null} like
 * the position
 * @param lag for how long the oldest that it has not applied has been waiting,
 * {@code null} like the position
 */
record Progress(@Nullable Long position, @Nullable Long logPosition, @Nullable Duration lag) {

	private static final Progress NONE = new Progress(null, null, null);

	static Progress of(@Nullable Replication replication) {
		if (replication == null) {
			return NONE;
		}
		ReplicationStatus status = replication.status();
		return new Progress(status.txid(), status.logTxid(), status.lag());
	}

}
