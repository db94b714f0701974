package io.hacluster.replication.divergence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The tables, indexes, views and triggers of one database, except SQLite's own and those
 * that only carry a virtual table.
 *
 * @param sql the SQL of each, by type and name
 * @param tables the kind of each table, by name: {@code table} or {@code virtual}
 */
record SchemaObjects(Map<Key, String> sql, Map<String, String> tables) {

	private static final String OWN = "substr(name, 1, 7) <> 'sqlite_'";

	static SchemaObjects read(Connection connection, String schema) throws SQLException {
		Map<String, String> tables = new TreeMap<>();
		Map<String, String> shadows = new TreeMap<>();
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("PRAGMA " + schema + ".table_list")) {
			while (result.next()) {
				String name = result.getString("name");
				String type = result.getString("type");
				if (type.equals("shadow")) {
					shadows.put(name, type);
				}
				else if (!type.equals("view") && !name.startsWith("sqlite_")) {
					tables.put(name, type);
				}
			}
		}
		Map<Key, String> sql = new TreeMap<>();
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT type, name, tbl_name, sql FROM " + schema
						+ ".sqlite_schema WHERE sql IS NOT NULL AND " + OWN)) {
			while (result.next()) {
				if (!shadows.containsKey(result.getString(3))) {
					sql.put(new Key(result.getString(1), result.getString(2)), result.getString(4));
				}
			}
		}
		return new SchemaObjects(sql, tables);
	}

	@Nullable String sqlOf(Key key) {
		return this.sql.get(key);
	}

	/**
	 * Names one of them.
	 *
	 * @param type {@code table}, {@code index}, {@code view} or {@code trigger}
	 * @param name its name
	 */
	record Key(String type, String name) implements Comparable<Key> {

		@Override
		public int compareTo(Key other) {
			int byType = other.type.compareTo(this.type);
			return (byType != 0) ? byType : this.name.compareTo(other.name);
		}

	}

}
