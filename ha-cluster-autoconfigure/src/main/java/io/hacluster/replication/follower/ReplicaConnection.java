package io.hacluster.replication.follower;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/**
 * The SQLite connection to an open replica: while it lives, nobody who closes another one
 * removes the write-ahead log. It only reads and makes checkpoints. Thread-safe.
 */
final class ReplicaConnection implements AutoCloseable {

	private static final Duration RECOVERY = Duration.ofSeconds(5);

	/** Without the extension of an extended result code. */
	private static final int PRIMARY_CODE = 0xFF;

	private final ReplicaFile file;

	private final Connection connection;

	private ReplicaConnection(ReplicaFile file, Connection connection) {
		this.file = file;
		this.connection = connection;
	}

	/**
	 * Connects; SQLite recovers the replica if it was not closed cleanly.
	 * @param file an existing database in WAL mode
	 * @return the connection
	 * @throws ReplicaChangedException if the file is not a database in WAL mode
	 * @throws IOException if it cannot be read
	 */
	static ReplicaConnection open(ReplicaFile file) throws IOException {
		SQLiteConfig config = new SQLiteConfig();
		config.resetOpenMode(SQLiteOpenMode.CREATE);
		config.setBusyTimeout(0);
		try {
			ReplicaConnection result = new ReplicaConnection(file,
					config.createConnection("jdbc:sqlite:" + file.database()));
			try {
				result.execute("PRAGMA wal_autocheckpoint=0");
				result.execute("PRAGMA synchronous=NORMAL");
				result.read();
				if (!"wal".equalsIgnoreCase(result.query("PRAGMA journal_mode"))) {
					throw new ReplicaChangedException("it is not in WAL mode");
				}
				return result;
			}
			catch (IOException | SQLException | RuntimeException ex) {
				result.close();
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw failure("open", file, ex);
		}
	}

	/**
	 * Any read opens the write-ahead log, and recovers its index if that is needed.
	 * @throws IOException if SQLite fails
	 */
	synchronized void read() throws IOException {
		try {
			timeout(RECOVERY);
			query("SELECT count(*) FROM sqlite_schema");
			timeout(Duration.ZERO);
		}
		catch (SQLException ex) {
			throw failure("read", this.file, ex);
		}
	}

	/**
	 * Returns the size of a page.
	 * @return bytes
	 * @throws IOException if SQLite fails
	 */
	int pageSize() throws IOException {
		try {
			return Integer.parseInt(query("PRAGMA page_size"));
		}
		catch (SQLException ex) {
			throw failure("read", this.file, ex);
		}
	}

	/**
	 * Makes a checkpoint.
	 * @param mode PASSIVE or TRUNCATE
	 * @param patience how long to wait for readers
	 * @return whether everything that the mode asks for has been done
	 * @throws IOException if SQLite fails
	 */
	synchronized boolean checkpoint(String mode, Duration patience) throws IOException {
		try {
			timeout(patience);
			boolean done = "0".equals(query("PRAGMA wal_checkpoint(" + mode + ")"));
			timeout(Duration.ZERO);
			return done;
		}
		catch (SQLException ex) {
			throw new IOException("Cannot checkpoint " + this.file.database() + ": " + ex.getMessage(), ex);
		}
	}

	private void timeout(Duration timeout) throws SQLException {
		execute("PRAGMA busy_timeout=" + timeout.toMillis());
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private String query(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			return result.next() ? String.valueOf(result.getString(1)) : "";
		}
	}

	@Override
	public void close() {
		try {
			this.connection.close();
		}
		catch (SQLException ex) {
			// Nothing more can be done, and what matters has been reported
		}
	}

	private static IOException failure(String what, ReplicaFile file, SQLException cause) {
		int code = cause.getErrorCode() & PRIMARY_CODE;
		if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
			throw new ReplicaChangedException("it is damaged: " + cause.getMessage());
		}
		return new IOException("Cannot " + what + " " + file.database() + ": " + cause.getMessage(), cause);
	}

}
