package io.hacluster.replication.restore;

import java.time.Instant;

/**
 * The state of the database that a restore brings back.
 */
public sealed interface RestorePoint {

	/**
	 * Returns the end of the log.
	 * @return the point
	 */
	static RestorePoint latest() {
		return new Latest();
	}

	/**
	 * Returns the state right after a transaction.
	 * @param txid the transaction, at least 1
	 * @return the point
	 */
	static RestorePoint transaction(long txid) {
		return new Transaction(txid);
	}

	/**
	 * Returns the last state that the log holds from before a moment.
	 * @param moment the moment, by the wall clocks of the leaders
	 * @return the point
	 */
	static RestorePoint before(Instant moment) {
		return new Before(moment);
	}

	/**
	 * The end of the log.
	 */
	record Latest() implements RestorePoint {
	}

	/**
	 * The state right after a transaction.
	 *
	 * @param txid the transaction, at least 1
	 */
	record Transaction(long txid) implements RestorePoint {

		/**
		 * Creates the point.
		 * @throws IllegalArgumentException if there cannot be such a transaction
		 */
		public Transaction {
			if (txid < 1) {
				throw new IllegalArgumentException("'txid' must be at least 1, but was " + txid);
			}
		}

	}

	/**
	 * The last state from before a moment. A transaction counts with the time at which
	 * the leader shipped it; of transactions that the log holds merged into one file,
	 * with that of the last one.
	 *
	 * @param moment the moment; what was shipped exactly then is after it
	 */
	record Before(Instant moment) implements RestorePoint {
	}

}
