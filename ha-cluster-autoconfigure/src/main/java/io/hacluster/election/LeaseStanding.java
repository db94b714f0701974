package io.hacluster.election;

import org.jspecify.annotations.Nullable;

/**
 * The lease as a node last read or wrote it.
 *
 * @param lease the record, which may have been given back or have run out; {@code null}
 * if there is none
 * @param freeFrom the reading of the node's ticker from which on the lease is nobody's
 */
public record LeaseStanding(@Nullable Lease lease, long freeFrom) {

}
