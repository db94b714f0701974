package io.hacluster.replication.divergence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Restores states of a log, for a comparison with them.
 */
public interface LogStates {

	/**
	 * Restores the state at a transaction, or the last state before it that the log still
	 * leads to.
	 * @param target the file to make
	 * @param txid the transaction, {@link Long#MAX_VALUE} for the latest
	 * @return the transaction restored; empty if there is no such state
	 * @throws io.hacluster.StoreUnavailableException if the log does not answer
	 * @throws IOException if the log cannot be read, or the file not be written
	 */
	OptionalLong restore(Path target, long txid) throws IOException;

	/**
	 * Returns the identity of the log.
	 * @return the identity; empty if it has none, as one that Litestream writes
	 * @throws io.hacluster.StoreUnavailableException if the log does not answer
	 */
	Optional<String> logId();

}
