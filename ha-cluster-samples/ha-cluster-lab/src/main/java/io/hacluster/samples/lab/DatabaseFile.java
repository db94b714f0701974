package io.hacluster.samples.lab;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.TreeMap;

import org.sqlite.JDBC;

/**
 * A database file read from outside, while its owner goes on using it.
 */
final class DatabaseFile implements AutoCloseable {

	private final Connection connection;

	private DatabaseFile(Connection connection) {
		this.connection = connection;
	}

	static DatabaseFile open(Path file) throws SQLException {
		Connection connection = JDBC.createConnection("jdbc:sqlite:file:" + file + "?mode=ro", new Properties());
		DatabaseFile database = new DatabaseFile(connection);
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout = 5000");
			return database;
		}
		catch (SQLException ex) {
			database.close();
			throw ex;
		}
	}

	/**
	 * Runs {@code PRAGMA integrity_check}.
	 * @return {@code ok}, or the first complaint
	 */
	String integrity() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
			return result.getString(1);
		}
	}

	Rows rows() throws SQLException {
		TreeMap<Long, String> rows = new TreeMap<>();
		try (Statement statement = this.connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT id, payload FROM numbered_row")) {
			while (result.next()) {
				rows.put(result.getLong(1), result.getString(2));
			}
		}
		return new Rows(rows);
	}

	/**
	 * Returns the greatest number of a row.
	 * @return the number, 0 if there is none
	 */
	long last() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT coalesce(max(id), 0) FROM numbered_row")) {
			return result.getLong(1);
		}
	}

	/**
	 * Returns how many rows only fill the database.
	 */
	long fillers() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT count(*) FROM filler")) {
			return result.getLong(1);
		}
	}

	boolean holds(long id) throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT 1 FROM numbered_row WHERE id = " + id)) {
			return result.next();
		}
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

}
