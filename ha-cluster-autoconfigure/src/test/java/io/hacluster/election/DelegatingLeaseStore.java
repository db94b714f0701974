package io.hacluster.election;

import java.util.Optional;
import java.util.SortedSet;

/**
 * Does something before each call to another store.
 */
abstract class DelegatingLeaseStore implements LeaseStore {

	private final LeaseStore delegate;

	DelegatingLeaseStore(LeaseStore delegate) {
		this.delegate = delegate;
	}

	protected abstract void before();

	@Override
	public Optional<VersionedLease> read(String key) {
		before();
		return this.delegate.read(key);
	}

	@Override
	public SortedSet<String> keys() {
		return this.delegate.keys();
	}

	@Override
	public VersionedLease create(String key, Lease lease) {
		before();
		return this.delegate.create(key, lease);
	}

	@Override
	public VersionedLease update(String key, Lease lease, long expectedRevision) {
		before();
		return this.delegate.update(key, lease, expectedRevision);
	}

	@Override
	public Watch watch(String key, Runnable changed) {
		return this.delegate.watch(key, changed);
	}

	@Override
	public void close() {
		this.delegate.close();
	}

}
