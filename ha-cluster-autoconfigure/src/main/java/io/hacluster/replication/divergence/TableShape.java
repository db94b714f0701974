package io.hacluster.replication.divergence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What has to be known of a table to compare its rows.
 *
 * @param schema the database on the connection that it is in
 * @param name the table
 * @param columns its columns, without generated ones, and the default of each as SQL,
 * null if there is none
 * @param key the columns of the primary key in their order, empty if there is none
 * @param rowid a name by which the rowid can be read, null if there is none
 */
record TableShape(String schema, String name, Map<String, @Nullable String> columns, List<String> key,
		@Nullable String rowid) {

	private static final int GENERATED_FROM = 2;

	/**
	 * Reads the shape of a table.
	 * @param connection a connection
	 * @param schema the database on it
	 * @param name the table
	 * @return the shape, empty if there is no such table
	 * @throws SQLException if it cannot be read
	 */
	static Optional<TableShape> read(Connection connection, String schema, String name) throws SQLException {
		Map<String, @Nullable String> columns = new LinkedHashMap<>();
		Map<Integer, String> key = new TreeMap<>();
		String sql = "SELECT name, dflt_value, pk, hidden FROM pragma_table_xinfo(?, ?)";
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, name);
			statement.setString(2, schema);
			try (ResultSet result = statement.executeQuery()) {
				while (result.next()) {
					if (result.getInt(4) < GENERATED_FROM) {
						columns.put(result.getString(1), result.getString(2));
					}
					if (result.getInt(3) > 0) {
						key.put(result.getInt(3), result.getString(1));
					}
				}
			}
		}
		if (columns.isEmpty()) {
			return Optional.empty();
		}
		String rowid = hasRowid(connection, schema, name) ? rowidName(columns) : null;
		return Optional.of(new TableShape(schema, name, columns, List.copyOf(key.values()), rowid));
	}

	/**
	 * Returns what finds a row: the rowid if there is one, otherwise the key.
	 */
	List<String> locator() {
		return (this.rowid != null) ? List.of(this.rowid) : this.key;
	}

	/**
	 * Returns the table under the name that {@link #column} refers to.
	 */
	String source() {
		return this.schema + "." + quote(this.name) + " AS " + alias();
	}

	String column(String column) {
		return alias() + "." + quote(column);
	}

	/**
	 * Returns whether a row was found by an outer join.
	 */
	String present() {
		return column(locator().get(0)) + " IS NOT NULL";
	}

	/**
	 * Returns the value that a row has in a column of another version of the table: the
	 * default, if the column has been added there.
	 */
	String value(String column, TableShape other) {
		if (this.columns.containsKey(column)) {
			return column(column);
		}
		String byDefault = other.columns.get(column);
		return (byDefault != null) ? "(" + byDefault + ")" : "NULL";
	}

	private String alias() {
		return this.schema + "_row";
	}

	static String quote(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	private static boolean hasRowid(Connection connection, String schema, String name) throws SQLException {
		String sql = "SELECT wr FROM pragma_table_list(?) WHERE schema = ?";
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, name);
			statement.setString(2, schema);
			try (ResultSet result = statement.executeQuery()) {
				return result.next() && result.getInt(1) == 0;
			}
		}
	}

	/**
	 * A column can bear one of the names of the rowid, and then is meant by it.
	 */
	private static @Nullable String rowidName(Map<String, @Nullable String> columns) {
		return Stream.of("rowid", "_rowid_", "oid")
			.filter((name) -> columns.keySet().stream().noneMatch(name::equalsIgnoreCase))
			.findFirst()
			.orElse(null);
	}

}
