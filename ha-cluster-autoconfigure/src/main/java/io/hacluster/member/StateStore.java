package io.hacluster.member;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import io.hacluster.StoreUnavailableException;

/**
 * Small records under keys, shared by the nodes of a cluster: what they tell one another
 * and what an operator asks of them. Nobody's leadership depends on them; a record that
 * is lost or forged can delay something, and no more. Implementations are thread-safe and
 * bound every call in time.
 */
public interface StateStore extends AutoCloseable {

	/**
	 * The greatest size of a value in bytes.
	 */
	int MAX_BYTES = 16 * 1024;

	/**
	 * The greatest number of records that are listed.
	 */
	int MAX_RECORDS = 256;

	/**
	 * Reads a record.
	 * @param key letters, digits, {@code .}, {@code -} and {@code _}
	 * @return the record, empty if there is none
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	Optional<StateRecord> read(String key);

	/**
	 * Reads all records whose keys begin with the same words.
	 * @param prefix the first words and a dot, such as {@code member.}
	 * @return the records in no particular order, at most {@link #MAX_RECORDS}; empty if
	 * there are none
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	List<StateRecord> list(String prefix);

	/**
	 * Writes the first record of a key.
	 * @param key the key
	 * @param value its value
	 * @return its revision
	 * @throws StateConflictException if the key has a record
	 * @throws StoreUnavailableException if the outcome is unknown
	 * @throws IllegalArgumentException if the value is too large
	 */
	long create(String key, byte[] value);

	/**
	 * Replaces the record of a key that is still at a revision.
	 * @param key the key
	 * @param value its value
	 * @param expectedRevision the revision that must be the current one
	 * @return its new revision
	 * @throws StateConflictException if the record is at another revision
	 * @throws StoreUnavailableException if the outcome is unknown
	 * @throws IllegalArgumentException if the value is too large
	 */
	long update(String key, byte[] value, long expectedRevision);

	/**
	 * Removes a record for good, whatever its revision: for those that nobody writes any
	 * more. Does nothing if there is none. Nobody who watches is told.
	 * @param key the key
	 * @throws StoreUnavailableException if the outcome is unknown
	 */
	void remove(String key);

	/**
	 * Calls back, on a thread of the store, soon after a record may have changed. A hint
	 * for speed that may be late, repeated or missing; whoever relies on it also polls.
	 * @param changed called with the key, or with an empty one if any may have changed;
	 * must return at once
	 * @return closes the watch
	 */
	Watch watch(Consumer<String> changed);

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
