package io.hacluster.replication;

import java.time.Instant;

import io.hacluster.replication.ltx.LtxName;

/**
 * One LTX file in the log.
 *
 * @param name level and transaction range
 * @param size bytes
 * @param timestamp when the newest transaction in it was shipped, by the wall clock of
 * the leader
 * @param offset the place in the log at which the file became complete
 */
public record LogEntry(LtxName name, long size, Instant timestamp, LogOffset offset) {

}
