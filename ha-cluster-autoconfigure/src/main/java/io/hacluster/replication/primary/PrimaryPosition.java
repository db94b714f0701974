package io.hacluster.replication.primary;

/**
 * What is known about the relation of the local database to the log when a primary takes
 * hold of it.
 *
 * @param txid the last transaction in the log, 0 if it is empty
 * @param relation how the local database relates to it
 */
public record PrimaryPosition(long txid, Relation relation) {

	/**
	 * Creates a position.
	 * @throws IllegalArgumentException if the two do not go together
	 */
	public PrimaryPosition {
		if (txid < 0 || (txid == 0) != (relation == Relation.SEED)) {
			throw new IllegalArgumentException("Transaction " + txid + " and " + relation + " do not go together");
		}
	}

	/**
	 * The log is empty: the local database, now or when it appears, becomes transaction
	 * 1.
	 * @return the position
	 */
	public static PrimaryPosition seed() {
		return new PrimaryPosition(0, Relation.SEED);
	}

	/**
	 * The local database, with its write-ahead log as it stands when the primary takes
	 * hold of it, is exactly a transaction, and nobody has written since: the replica has
	 * just been renamed and the backend not yet been started.
	 * @param txid the transaction
	 * @return the position
	 */
	public static PrimaryPosition level(long txid) {
		return new PrimaryPosition(txid, Relation.LEVEL);
	}

	/**
	 * The local write-ahead log may hold what the last level-0 file was made from, and
	 * frames after it. It is compared with that file; if they agree, shipping goes on
	 * with the frame after it.
	 * @param txid the transaction
	 * @return the position
	 */
	public static PrimaryPosition shipped(long txid) {
		return new PrimaryPosition(txid, Relation.SHIPPED);
	}

	/**
	 * Nothing is known; the next transaction holds the whole database.
	 * @param txid the last transaction in the log
	 * @return the position
	 */
	static PrimaryPosition unknown(long txid) {
		return new PrimaryPosition(txid, Relation.UNKNOWN);
	}

	/**
	 * How a local database relates to the log.
	 */
	enum Relation {

		/** See {@link PrimaryPosition#seed()}. */
		SEED,

		/** See {@link PrimaryPosition#level(long)}. */
		LEVEL,

		/** See {@link PrimaryPosition#shipped(long)}. */
		SHIPPED,

		/** See {@link PrimaryPosition#unknown(long)}. */
		UNKNOWN

	}

}
