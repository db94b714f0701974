package io.hacluster.election;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * How a call to the store ended.
 */
sealed interface Outcome {

	/**
	 * Makes a call.
	 * @param store the store
	 * @param key the key
	 * @param lease the record to write, null to read
	 * @param expectedRevision the revision to replace, zero to create
	 * @return how it ended; never throws
	 */
	static Outcome of(LeaseStore store, String key, @Nullable Lease lease, long expectedRevision) {
		try {
			if (lease == null) {
				return new Found(store.read(key));
			}
			return new Written(
					(expectedRevision == 0) ? store.create(key, lease) : store.update(key, lease, expectedRevision));
		}
		catch (LeaseConflictException ex) {
			return new Refused(message(ex));
		}
		catch (HaClusterException ex) {
			return new Failed(message(ex));
		}
		catch (RuntimeException ex) {
			return new Failed("the lease store failed: " + ex);
		}
	}

	private static String message(HaClusterException ex) {
		return String.valueOf(ex.getMessage());
	}

	/**
	 * A read was answered.
	 *
	 * @param record the record, empty if there is none
	 */
	record Found(Optional<VersionedLease> record) implements Outcome {
	}

	/**
	 * A write was applied.
	 *
	 * @param record the record written
	 */
	record Written(VersionedLease record) implements Outcome {
	}

	/**
	 * A write was certainly not applied: the record is at another revision.
	 *
	 * @param reason why, for people
	 */
	record Refused(String reason) implements Outcome {
	}

	/**
	 * There is no answer. A write may have been applied, or may be later (invariant I8).
	 *
	 * @param reason why, for people
	 */
	record Failed(String reason) implements Outcome {
	}

}
