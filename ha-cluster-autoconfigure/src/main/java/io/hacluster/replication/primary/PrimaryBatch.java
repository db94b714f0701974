package io.hacluster.replication.primary;

import io.hacluster.replication.wal.WalBatch;

/**
 * Frames that have been captured for one transaction of the log.
 *
 * @param start where the transaction before ended
 * @param end the transaction and where it ends
 * @param frames its pages
 */
record PrimaryBatch(PrimaryMark start, PrimaryMark end, WalBatch frames) {

}
