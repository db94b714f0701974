package io.hacluster.replication.divergence;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.divergence.RowDifference.CutValue;

/**
 * Reads single rows of one table, long values cut.
 */
final class RowReader implements AutoCloseable {

	private final List<String> columns;

	private final int limit;

	private final PreparedStatement values;

	private final PreparedStatement lengths;

	/**
	 * Prepares to read.
	 * @param connection a connection
	 * @param shape the table
	 * @param limit how many bytes of a BLOB, or characters of a text, are read
	 * @throws SQLException if the table cannot be read
	 */
	RowReader(Connection connection, TableShape shape, int limit) throws SQLException {
		this.columns = List.copyOf(shape.columns().keySet());
		this.limit = limit;
		String where = " FROM " + shape.source() + " WHERE "
				+ shape.locator()
					.stream()
					.map((part) -> shape.column(part) + " = ?")
					.collect(Collectors.joining(" AND "));
		this.values = connection.prepareStatement("SELECT "
				+ list(shape,
						"CASE WHEN typeof(%1$s) IN ('text', 'blob') THEN substr(%1$s, 1, " + limit + ") ELSE %1$s END")
				+ where);
		this.lengths = connection.prepareStatement("SELECT " + list(shape, "octet_length(%s)") + where);
	}

	/**
	 * Reads a row.
	 * @param locator the values that find it, from a result of {@link TableComparison}
	 * @return the row, null if it is not there
	 * @throws SQLException if it cannot be read
	 */
	@Nullable Map<String, @Nullable Object> read(List<@Nullable Object> locator) throws SQLException {
		if (locator.isEmpty() || locator.get(0) == null) {
			return null;
		}
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		try (ResultSet result = execute(this.values, locator)) {
			if (!result.next()) {
				return null;
			}
			for (int i = 0; i < this.columns.size(); i++) {
				row.put(this.columns.get(i), result.getObject(i + 1));
			}
		}
		if (row.values().stream().anyMatch(this::isPerhapsCut)) {
			markCut(row, locator);
		}
		return row;
	}

	private void markCut(Map<String, @Nullable Object> row, List<@Nullable Object> locator) throws SQLException {
		try (ResultSet result = execute(this.lengths, locator)) {
			if (!result.next()) {
				return;
			}
			for (int i = 0; i < this.columns.size(); i++) {
				Object value = row.get(this.columns.get(i));
				if (value != null && isPerhapsCut(value) && result.getLong(i + 1) > bytes(value)) {
					row.put(this.columns.get(i), new CutValue(value, result.getLong(i + 1)));
				}
			}
		}
	}

	private boolean isPerhapsCut(@Nullable Object value) {
		return (value instanceof String text && text.length() >= this.limit)
				|| (value instanceof byte[] bytes && bytes.length >= this.limit);
	}

	private static long bytes(Object value) {
		return (value instanceof byte[] bytes) ? bytes.length
				: ((String) value).getBytes(StandardCharsets.UTF_8).length;
	}

	private static ResultSet execute(PreparedStatement statement, List<@Nullable Object> locator) throws SQLException {
		for (int i = 0; i < locator.size(); i++) {
			statement.setObject(i + 1, locator.get(i));
		}
		return statement.executeQuery();
	}

	private static String list(TableShape shape, String format) {
		return shape.columns()
			.keySet()
			.stream()
			.map((column) -> String.format(format, shape.column(column)))
			.collect(Collectors.joining(", "));
	}

	@Override
	public void close() throws SQLException {
		try (PreparedStatement first = this.lengths; PreparedStatement second = this.values) {
			// Both are to be closed
		}
	}

}
