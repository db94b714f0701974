package io.hacluster.election;

import java.util.Optional;
import java.util.SortedSet;

import io.hacluster.StoreUnavailableException;

/**
 * Lease records under keys, changed by compare-and-set alone. Implementations are
 * thread-safe, linearizable per key, and bound every call in time.
 */
public interface LeaseStore extends AutoCloseable {

	/**
	 * Reads a record from the authority, never from a cache or a lagging copy.
	 * @param key letters, digits, {@code .}, {@code -} and {@code _}
	 * @return the record, empty if the key was never written or the store was wiped
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	Optional<VersionedLease> read(String key);

	/**
	 * Lists the keys that have a record, for display.
	 * @return the keys, in their order
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	SortedSet<String> keys();

	/**
	 * Writes the first record of a key.
	 * @param key the key
	 * @param lease the record
	 * @return the record and its revision
	 * @throws LeaseConflictException if the key has a record
	 * @throws StoreUnavailableException if the outcome is unknown
	 */
	VersionedLease create(String key, Lease lease);

	/**
	 * Replaces the record of a key that is still at a revision.
	 * @param key the key
	 * @param lease the record
	 * @param expectedRevision the revision that must be the current one
	 * @return the record and its new revision
	 * @throws LeaseConflictException if the record is at another revision
	 * @throws StoreUnavailableException if the outcome is unknown
	 */
	VersionedLease update(String key, Lease lease, long expectedRevision);

	/**
	 * Calls back, on a thread of the store, soon after a record may have changed. A hint
	 * for speed that may be late, repeated or missing; whoever relies on it also polls
	 * (invariant I13).
	 * @param key the key
	 * @param changed called without arguments; must return at once
	 * @return closes the watch
	 */
	Watch watch(String key, Runnable changed);

	@Override
	void close();

	/**
	 * An open watch.
	 */
	interface Watch extends AutoCloseable {

		@Override
		void close();

	}

}
