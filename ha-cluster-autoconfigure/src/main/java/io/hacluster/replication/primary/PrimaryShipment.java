package io.hacluster.replication.primary;

import java.util.concurrent.CompletableFuture;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * A file on its way into the log.
 *
 * @param name its name
 * @param content its bytes
 * @param mark what the log holds once it is acknowledged
 * @param seen when the oldest commit in it was first seen, on the ticker
 * @param outcome what becomes of it
 */
record PrimaryShipment(LtxName name, PrimaryEncoder.EncodedFile content, PrimaryMark mark, long seen,
		CompletableFuture<LogEntry> outcome) {

}
