package io.hacluster.election;

/**
 * A lease record and the revision under which the store holds it.
 *
 * @param lease the record
 * @param revision the store's revision, strictly rising with every change of the key
 */
public record VersionedLease(Lease lease, long revision) {

}
