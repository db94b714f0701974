package io.hacluster.election;

import org.jspecify.annotations.Nullable;

/**
 * What the election wants done next: nothing until a time, or one call to the store.
 */
sealed interface Step {

	/**
	 * Nothing to do.
	 *
	 * @param until the reading of the ticker at which to ask again
	 */
	record Pause(long until) implements Step {
	}

	/**
	 * One call to the store.
	 *
	 * @param claim whom to tell the outcome
	 * @param purpose what the call is for
	 * @param lease the record to write, null for a read
	 * @param expectedRevision the revision to replace, zero to create
	 */
	record Call(LeaseClaim claim, Purpose purpose, @Nullable Lease lease, long expectedRevision) implements Step {

		boolean isWrite() {
			return this.lease != null;
		}

		Outcome execute(LeaseStore store) {
			return Outcome.of(store, this.claim.key(), this.lease, this.expectedRevision);
		}

	}

	/**
	 * What a call is for.
	 */
	enum Purpose {

		/**
		 * Look at the record.
		 */
		READ,

		/**
		 * Put a record where one was purged: its holder may still be leading, so the new
		 * record must stand for a full lease before it is taken, by whomever (invariant
		 * I6).
		 */
		RESERVE,

		/**
		 * Become the holder.
		 */
		TAKE,

		/**
		 * Stay the holder.
		 */
		RENEW,

		/**
		 * Give the lease back.
		 */
		RELEASE

	}

}
