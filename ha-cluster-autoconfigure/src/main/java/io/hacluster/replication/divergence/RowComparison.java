package io.hacluster.replication.divergence;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.divergence.RowDifference.Change;

/**
 * Goes through the rows of one table that differ.
 */
final class RowComparison implements AutoCloseable {

	private final Connection connection;

	private final TableComparison table;

	private final RowReader diverged;

	private final @Nullable RowReader base;

	private final @Nullable RowReader log;

	RowComparison(Connection connection, TableComparison table, int limit) throws SQLException {
		this.connection = connection;
		this.table = table;
		this.diverged = new RowReader(connection, table.diverged(), limit);
		this.base = (table.base() != null) ? new RowReader(connection, table.base(), limit) : null;
		this.log = (table.log() != null) ? new RowReader(connection, table.log(), limit) : null;
	}

	void run(DiffTally tally) throws SQLException, IOException {
		run(this.table.changed(), tally);
		String deleted = this.table.deleted();
		if (deleted != null) {
			run(deleted, tally);
		}
	}

	private void run(String sql, DiffTally tally) throws SQLException, IOException {
		try (Statement statement = this.connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			while (result.next()) {
				int next = 1;
				List<@Nullable Object> here = locator(result, this.table.diverged(), next);
				next += here.size();
				List<@Nullable Object> before = locator(result, this.table.base(), next);
				next += before.size();
				List<@Nullable Object> there = locator(result, this.table.log(), next);
				next += there.size();
				tally.row(difference(here, before, there, result.getBoolean(next)));
			}
		}
	}

	private RowDifference difference(List<@Nullable Object> here, List<@Nullable Object> before,
			List<@Nullable Object> there, boolean conflict) throws SQLException {
		Map<String, @Nullable Object> own = this.diverged.read(here);
		Map<String, @Nullable Object> former = (this.base != null) ? this.base.read(before) : null;
		Map<String, @Nullable Object> other = (this.log != null) ? this.log.read(there) : null;
		Change change = Change.UPDATED;
		if (own == null) {
			change = Change.DELETED;
		}
		else if (former == null) {
			change = Change.INSERTED;
		}
		return new RowDifference(this.table.diverged().name(), change,
				(own != null) ? key(own, here) : key(former, before), former, own, other, conflict);
	}

	private Map<String, @Nullable Object> key(@Nullable Map<String, @Nullable Object> row,
			List<@Nullable Object> locator) {
		Map<String, @Nullable Object> key = new LinkedHashMap<>();
		if (row == null || !this.table.byKey()) {
			key.put("rowid", locator.get(0));
		}
		else {
			this.table.diverged().key().forEach((column) -> key.put(column, row.get(column)));
		}
		return key;
	}

	private static List<@Nullable Object> locator(ResultSet result, @Nullable TableShape shape, int from)
			throws SQLException {
		List<@Nullable Object> values = new ArrayList<>();
		if (shape != null) {
			for (int i = 0; i < shape.locator().size(); i++) {
				values.add(result.getObject(from + i));
			}
		}
		return values;
	}

	@Override
	public void close() throws SQLException {
		try (RowReader first = this.diverged; RowReader second = this.base; RowReader third = this.log) {
			// All are to be closed
		}
	}

}
