package io.hacluster.replication.divergence;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A row that a diverged database has otherwise than the log. A version of the row is a
 * map from column to value: null, a {@link Long}, an {@link Integer}, a {@link Double}, a
 * {@link String}, a {@code byte[]}, or a {@link CutValue}; without generated columns.
 *
 * @param table the table
 * @param change what was done to the row
 * @param key the values of the key, or of {@code rowid} in a table without a key
 * @param base the row where the database left the log; null if it was not there, or if
 * that state is not known
 * @param diverged the row in the diverged database, null if it is not there
 * @param log the row in the log, null if it is not there
 * @param conflict whether the log has changed the row as well since
 */
public record RowDifference(String table, Change change, Map<String, @Nullable Object> key,
		@Nullable Map<String, @Nullable Object> base, @Nullable Map<String, @Nullable Object> diverged,
		@Nullable Map<String, @Nullable Object> log, boolean conflict) {

	/**
	 * What was done to a row on the diverged side, compared with the base; or with the
	 * log, if the base is not known.
	 */
	public enum Change {

		/** It is in the diverged database only. */
		INSERTED,

		/** It has other values. */
		UPDATED,

		/** It is not in the diverged database. */
		DELETED

	}

	/**
	 * The beginning of a text or a BLOB that is too long to be told whole.
	 *
	 * @param beginning a {@link String} or a {@code byte[]}
	 * @param bytes length of the whole
	 */
	public record CutValue(Object beginning, long bytes) {
	}

}
