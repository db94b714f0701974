package io.hacluster.replication.restore;

import java.time.Instant;

/**
 * What has been restored.
 *
 * @param txid the last transaction in the database
 * @param timestamp when the leader shipped it
 * @param files number of files of the log that were read
 * @param fileBytes bytes of these files
 * @param databaseBytes size of the database
 */
public record RestoreResult(long txid, Instant timestamp, int files, long fileBytes, long databaseBytes) {
}
