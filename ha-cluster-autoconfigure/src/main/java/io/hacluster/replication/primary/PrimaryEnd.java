package io.hacluster.replication.primary;

/**
 * What a primary left behind when it let go of the database.
 *
 * @param shipped whether everything committed is in the log
 * @param txid the last transaction that the log acknowledged; if {@code shipped}, the
 * database is exactly this
 * @param walEmpty whether the write-ahead log is empty or gone, so that the database file
 * alone is the database
 */
public record PrimaryEnd(boolean shipped, long txid, boolean walEmpty) {

}
