package io.hacluster.replication.primary;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.wal.WalPosition;

/**
 * A transaction and where it ends in the local write-ahead log.
 *
 * @param txid the transaction
 * @param end where it ends, null if the log was empty then
 * @param pages size of the database in pages after it
 */
record PrimaryMark(long txid, @Nullable WalPosition end, long pages) {

}
