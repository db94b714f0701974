package io.hacluster.replication.divergence;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.DivergedDatabase;

/**
 * What is compared with what.
 *
 * @param file the diverged database
 * @param about what is known of it, null if nothing is
 * @param baseTxid the transaction whose state is the base: the last that both have, or
 * the last before that to which the log still leads; null if that is not known, and every
 * difference is told, also what only the log has done since
 * @param logTxid the transaction in the log that is compared with
 */
public record DiffSubject(Path file, @Nullable DivergedDatabase about, @Nullable Long baseTxid, long logTxid) {

	/**
	 * Returns whether what the diverged side did can be told from what the log did since.
	 * @return whether there is a base
	 */
	public boolean isThreeWay() {
		return this.baseTxid != null;
	}

}
