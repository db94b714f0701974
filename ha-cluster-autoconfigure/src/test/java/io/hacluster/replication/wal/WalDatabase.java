package io.hacluster.replication.wal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A database in WAL mode that SQLite itself writes, without automatic checkpoints.
 */
final class WalDatabase implements AutoCloseable {

	private final Path file;

	private final Connection connection;

	WalDatabase(Path directory, int pageSize, String... parameters) throws SQLException {
		this.file = directory.resolve("test.db");
		this.connection = DriverManager
			.getConnection("jdbc:sqlite:file:" + this.file + "?" + String.join("&", parameters));
		execute("PRAGMA page_size = " + pageSize);
		execute("PRAGMA journal_mode = WAL");
		execute("PRAGMA wal_autocheckpoint = 0");
		execute("PRAGMA synchronous = FULL");
		execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)");
	}

	void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

	int query(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getInt(1);
		}
	}

	void insert(int bytes) throws SQLException {
		execute("INSERT INTO t (v) VALUES (randomblob(" + bytes + "))");
	}

	/**
	 * Moves the log into the database and returns the whole database.
	 */
	byte[] checkpoint() throws SQLException, IOException {
		if (query("PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
			throw new IllegalStateException("The checkpoint was blocked");
		}
		return Files.readAllBytes(this.file);
	}

	Path file() {
		return this.file;
	}

	Path wal() {
		return this.file.resolveSibling(this.file.getFileName() + "-wal");
	}

	FileChannel openWal() throws IOException {
		return FileChannel.open(wal(), StandardOpenOption.READ);
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

}
