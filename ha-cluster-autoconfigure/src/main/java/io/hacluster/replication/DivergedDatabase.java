package io.hacluster.replication;

import java.nio.file.Path;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;

/**
 * A database that has been set aside, because it holds, or may hold, transactions that
 * the log lacks. It stays readable by any SQLite: its write-ahead log stands beside it.
 *
 * @param file where it is
 * @param epoch the last epoch that it has been part of, {@link Epoch#NONE} if unknown
 * @param time when it was set aside, by the wall clock of this node
 * @param bytes size of the database and its write-ahead log
 * @param branch up to where it went along with the log, null if unknown
 * @param reason why it was set aside, for people
 */
public record DivergedDatabase(Path file, Epoch epoch, Instant time, long bytes, @Nullable Branch branch,
		String reason) {

	/**
	 * The place in a log up to which a database held what the log holds.
	 *
	 * @param logId identity of the log, empty if unknown
	 * @param txid the last transaction in common, 0 if there is none
	 */
	public record Branch(String logId, long txid) {
	}

}
