package io.hacluster.replication.ltx;

import io.hacluster.HaClusterException;

/**
 * The files of a log do not lead to the wanted transaction: some are missing.
 */
public final class MissingTransactionsException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	private final long reached;

	MissingTransactionsException(long reached, long target) {
		super("No LTX file continues after transaction %d on the way to %s".formatted(reached,
				(target == RestorePlan.LATEST) ? "the latest" : "transaction " + target));
		this.reached = reached;
	}

	/**
	 * Returns the last transaction that can be reached.
	 * @return the transaction, 0 if not even the first file is there
	 */
	public long reached() {
		return this.reached;
	}

}
