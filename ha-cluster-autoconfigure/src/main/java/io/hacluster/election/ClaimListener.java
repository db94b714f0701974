package io.hacluster.election;

import org.jspecify.annotations.Nullable;

/**
 * Told about a claim, on the thread that drives it.
 */
interface ClaimListener {

	/**
	 * The lease was won.
	 * @param term the new term
	 */
	void granted(Term term);

	/**
	 * The lease was lost.
	 * @param term the term that is over
	 * @param reason why, for people
	 */
	void lost(Term term, String reason);

	/**
	 * A read found another record than before.
	 * @param record the record, null if it is gone
	 */
	void changed(@Nullable VersionedLease record);

}
