package io.hacluster.replication.divergence;

import java.io.IOException;

/**
 * Told what differs, one thing at a time, while it is found. Called by one thread, in
 * this order: {@link #begin}, anything else, {@link #end}.
 */
public interface DiffListener {

	/**
	 * What is compared with what.
	 * @param subject the comparison
	 * @throws IOException if it cannot be told on; ends the comparison
	 */
	void begin(DiffSubject subject) throws IOException;

	/**
	 * A difference in the schema.
	 * @param difference the difference
	 * @throws IOException if it cannot be told on; ends the comparison
	 */
	void schema(SchemaDifference difference) throws IOException;

	/**
	 * A table that is not compared, as far as its rows are concerned.
	 * @param table the table
	 * @param reason why, for people
	 * @throws IOException if it cannot be told on; ends the comparison
	 */
	void skipped(String table, String reason) throws IOException;

	/**
	 * A difference in a row; those of one table come one after the other.
	 * @param difference the difference
	 * @throws IOException if it cannot be told on; ends the comparison
	 */
	void row(RowDifference difference) throws IOException;

	/**
	 * All differences have been told.
	 * @param summary their numbers
	 * @throws IOException if it cannot be told on
	 */
	void end(DiffSummary summary) throws IOException;

}
