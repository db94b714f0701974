package io.hacluster.election;

import java.util.Optional;

/**
 * What the election has to tell its listeners.
 */
sealed interface ElectionEvent {

	/**
	 * A lease was won.
	 *
	 * @param term the new term
	 */
	record Granted(Term term) implements ElectionEvent {
	}

	/**
	 * A lease was lost.
	 *
	 * @param term the term that is over
	 * @param reason why, for people
	 */
	record Lost(Term term, String reason) implements ElectionEvent {
	}

	/**
	 * Another leader is known, or none.
	 *
	 * @param lease the record of the leader
	 */
	record LeaderChanged(Optional<Lease> lease) implements ElectionEvent {
	}

	/**
	 * The deadline of a term has passed, and nobody has told about it yet.
	 *
	 * @param term the term that is over
	 */
	record Expired(Term term) implements ElectionEvent {
	}

	/**
	 * Wakes the thread to end.
	 */
	record Closing() implements ElectionEvent {
	}

}
