package io.hacluster.election;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Leases in memory, for tests of the election alone.
 */
final class MemoryLeaseStore implements LeaseStore {

	private final Map<String, VersionedLease> records = new HashMap<>();

	private long revision;

	@Override
	public synchronized Optional<VersionedLease> read(String key) {
		return Optional.ofNullable(this.records.get(key));
	}

	@Override
	public synchronized SortedSet<String> keys() {
		return new TreeSet<>(this.records.keySet());
	}

	@Override
	public synchronized VersionedLease create(String key, Lease lease) {
		if (this.records.containsKey(key)) {
			throw new LeaseConflictException(key + " exists");
		}
		return put(key, lease);
	}

	@Override
	public synchronized VersionedLease update(String key, Lease lease, long expectedRevision) {
		VersionedLease current = this.records.get(key);
		if (current == null || current.revision() != expectedRevision) {
			throw new LeaseConflictException(key + " is not at " + expectedRevision);
		}
		return put(key, lease);
	}

	/**
	 * Writes without any condition, as an operator might.
	 */
	synchronized VersionedLease put(String key, Lease lease) {
		// As a real store would: what cannot be encoded cannot be stored
		VersionedLease record = new VersionedLease(LeaseCodec.decode(LeaseCodec.encode(lease)), ++this.revision);
		this.records.put(key, record);
		return record;
	}

	synchronized void purge(String key) {
		this.records.remove(key);
	}

	synchronized void wipe() {
		this.records.clear();
		this.revision = 0;
	}

	@Override
	public Watch watch(String key, Runnable changed) {
		return () -> {
		};
	}

	@Override
	public void close() {
	}

}
