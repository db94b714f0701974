package io.hacluster.replication.divergence;

/**
 * The numbers of a comparison.
 *
 * @param inserted rows that only the diverged database has
 * @param updated rows that it has with other values
 * @param deleted rows that it lacks
 * @param conflicts those of them that the log has changed as well since
 * @param schema differences in the schema
 * @param skipped tables that were not compared
 */
public record DiffSummary(long inserted, long updated, long deleted, long conflicts, long schema, long skipped) {

	/**
	 * Returns how many rows differ.
	 * @return the sum of all changes
	 */
	public long rows() {
		return this.inserted + this.updated + this.deleted;
	}

	/**
	 * Returns whether nothing differs, as far as it was compared.
	 * @return whether there is no difference in rows or schema
	 */
	public boolean isEmpty() {
		return rows() == 0 && this.schema == 0;
	}

}
