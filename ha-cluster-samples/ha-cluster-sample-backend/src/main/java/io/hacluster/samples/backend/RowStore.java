package io.hacluster.samples.backend;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import org.sqlite.JDBC;

/**
 * Numbered rows in a SQLite database in WAL mode. Thread-safe: one connection, one caller
 * at a time.
 */
final class RowStore implements AutoCloseable {

	/** Long enough for the short write barrier of whoever replicates the file. */
	private static final int BUSY_TIMEOUT_MILLIS = 5_000;

	private final Connection connection;

	private final PreparedStatement insert;

	private RowStore(Connection connection) throws SQLException {
		this.connection = connection;
		this.insert = connection.prepareStatement("INSERT INTO numbered_row (id, payload) VALUES (?, ?)");
	}

	/**
	 * Opens the database, creating the file and its table if they are missing.
	 * @param database the file
	 * @return the open store
	 * @throws SQLException if the file cannot be opened or is no database
	 */
	static RowStore open(Path database) throws SQLException {
		Connection connection = JDBC.createConnection("jdbc:sqlite:" + database, new Properties());
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
			statement.execute("PRAGMA journal_mode = WAL");
			statement.execute("PRAGMA synchronous = FULL");
			statement
				.execute("CREATE TABLE IF NOT EXISTS numbered_row (id INTEGER PRIMARY KEY, payload TEXT NOT NULL)");
			return new RowStore(connection);
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * Appends a row and returns once it is committed and on the disk.
	 * @param row the row
	 * @return whether it was appended; {@code false} if the number is taken
	 * @throws SQLException if the row could not be committed
	 */
	synchronized boolean append(Row row) throws SQLException {
		this.insert.setLong(1, row.id());
		this.insert.setString(2, row.payload());
		try {
			this.insert.executeUpdate();
			return true;
		}
		catch (SQLException ex) {
			if (find(row.id())) {
				return false;
			}
			throw ex;
		}
	}

	synchronized long count() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT count(*) FROM numbered_row")) {
			return result.getLong(1);
		}
	}

	synchronized List<Row> after(long id, int limit) throws SQLException {
		try (PreparedStatement statement = this.connection
			.prepareStatement("SELECT id, payload FROM numbered_row WHERE id > ? ORDER BY id LIMIT ?")) {
			statement.setLong(1, id);
			statement.setInt(2, limit);
			List<Row> rows = new ArrayList<>();
			try (ResultSet result = statement.executeQuery()) {
				while (result.next()) {
					rows.add(new Row(result.getLong(1), result.getString(2)));
				}
			}
			return rows;
		}
	}

	private boolean find(long id) throws SQLException {
		try (PreparedStatement statement = this.connection
			.prepareStatement("SELECT 1 FROM numbered_row WHERE id = ?")) {
			statement.setLong(1, id);
			try (ResultSet result = statement.executeQuery()) {
				return result.next();
			}
		}
	}

	/**
	 * Closes the database. A row that is being appended is committed first.
	 */
	@Override
	public synchronized void close() throws SQLException {
		this.insert.close();
		this.connection.close();
	}

}
