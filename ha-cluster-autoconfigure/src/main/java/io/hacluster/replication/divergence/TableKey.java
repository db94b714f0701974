package io.hacluster.replication.divergence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Chooses by what the rows of a table are told apart.
 */
final class TableKey {

	private TableKey() {
	}

	/**
	 * Chooses the primary key where all versions of the table have the same one and no
	 * row has a NULL in it, which SQLite allows and which makes it no key; the rowid
	 * otherwise.
	 * @param connection a connection
	 * @param diverged the table on the diverged side
	 * @param base the table as it was, null if it was not there
	 * @param log the table in the log, null if it is not there
	 * @return how to compare, null if there is no way
	 * @throws SQLException if the table cannot be read
	 */
	static @Nullable TableComparison choose(Connection connection, TableShape diverged, @Nullable TableShape base,
			@Nullable TableShape log) throws SQLException {
		List<TableShape> shapes = Stream.of(diverged, base, log).filter(Objects::nonNull).toList();
		if (isKey(connection, shapes)) {
			return new TableComparison(diverged, base, log, true);
		}
		return shapes.stream().allMatch((shape) -> shape.rowid() != null)
				? new TableComparison(diverged, base, log, false) : null;
	}

	private static boolean isKey(Connection connection, List<TableShape> shapes) throws SQLException {
		List<String> key = shapes.get(0).key();
		if (key.isEmpty() || !shapes.stream().allMatch((shape) -> shape.key().equals(key))) {
			return false;
		}
		for (TableShape shape : shapes) {
			if (shape.rowid() != null && hasNull(connection, shape)) {
				return false;
			}
		}
		return true;
	}

	private static boolean hasNull(Connection connection, TableShape shape) throws SQLException {
		String condition = shape.key()
			.stream()
			.map((column) -> shape.column(column) + " IS NULL")
			.collect(Collectors.joining(" OR "));
		String sql = "SELECT EXISTS (SELECT 1 FROM " + shape.source() + " WHERE " + condition + ")";
		try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			return result.next() && result.getBoolean(1);
		}
	}

}
