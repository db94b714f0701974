package io.hacluster.replication.primary;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * A file on its way into the log.
 *
 * @param name its name
 * @param content its bytes
 * @param mark what the log holds once it is acknowledged, null if it adds no transaction
 * @param seen when the oldest commit in it was first seen, on the ticker
 * @param outcome what becomes of it
 */
record PrimaryShipment(LtxName name, PrimaryEncoder.EncodedFile content, @Nullable PrimaryMark mark, long seen,
		CompletableFuture<LogEntry> outcome) {

}
