package io.hacluster.replication.divergence;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Counts what is told on to a listener.
 */
final class DiffTally {

	private final DiffListener listener;

	private final boolean threeWay;

	private final long[] changes = new long[RowDifference.Change.values().length];

	private long conflicts;

	private long schema;

	private long skipped;

	DiffTally(DiffListener listener, boolean threeWay) {
		this.listener = listener;
		this.threeWay = threeWay;
	}

	void row(RowDifference difference) throws IOException {
		this.changes[difference.change().ordinal()]++;
		this.conflicts += difference.conflict() ? 1 : 0;
		this.listener.row(this.threeWay ? difference : new RowDifference(difference.table(), difference.change(),
				difference.key(), null, difference.diverged(), difference.log(), false));
	}

	void schema(SchemaObjects.Key key, @Nullable String base, @Nullable String diverged, @Nullable String log)
			throws IOException {
		this.schema++;
		boolean conflict = this.threeWay && ((base != null) ? !base.equals(log) : log != null);
		this.listener
			.schema(new SchemaDifference(key.type(), key.name(), this.threeWay ? base : null, diverged, log, conflict));
	}

	void skipped(String table, String reason) throws IOException {
		this.skipped++;
		this.listener.skipped(table, reason);
	}

	DiffSummary summary() {
		return new DiffSummary(this.changes[RowDifference.Change.INSERTED.ordinal()],
				this.changes[RowDifference.Change.UPDATED.ordinal()],
				this.changes[RowDifference.Change.DELETED.ordinal()], this.conflicts, this.schema, this.skipped);
	}

}
