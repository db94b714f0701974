package io.hacluster.replication.connection;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

import io.hacluster.HaClusterException;

/**
 * The connections of a primary to the database that another process writes. One holds a
 * read transaction, so that nobody can overwrite frames of the write-ahead log; one
 * stands ready to take its place; one makes the write barrier. None of them ever changes
 * the database, and none checkpoints by itself. Not thread-safe.
 */
public final class DatabaseConnections implements AutoCloseable {

	private static final String READ = "SELECT count(*) FROM sqlite_schema";

	private final Connection barrier;

	private Connection reader;

	private Connection spare;

	private final Connection probe;

	private boolean reading;

	private boolean barrierStands;

	public DatabaseConnections(Path database, Duration busyTimeout) throws SQLException {
		this.reader = connect(database, busyTimeout);
		try {
			SqliteVersion.require(this.reader);
			this.spare = connect(database, busyTimeout);
			this.barrier = connect(database, Duration.ZERO);
			this.probe = connect(database, busyTimeout);
		}
		catch (SQLException | HaClusterException ex) {
			this.reader.close();
			throw ex;
		}
	}

	/**
	 * Opens a connection that neither creates nor checkpoints.
	 */
	public static Connection connect(Path database, Duration busyTimeout) throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.setOpenMode(SQLiteOpenMode.READWRITE);
		config.resetOpenMode(SQLiteOpenMode.CREATE);
		config.setBusyTimeout((int) busyTimeout.toMillis());
		Connection connection = config.createConnection("jdbc:sqlite:" + database.toAbsolutePath());
		try {
			execute(connection, "PRAGMA wal_autocheckpoint=0");
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * Opens a connection whose close neither checkpoints nor removes the write-ahead log,
	 * and keeps that of others from doing so while it is open.
	 */
	public static Connection connectReadOnly(Path database) throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.setReadOnly(true);
		Connection connection = config.createConnection("jdbc:sqlite:" + database.toAbsolutePath());
		try {
			execute(connection, READ);
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * Begins a read transaction. The statement is needed: {@code BEGIN} alone takes no
	 * lock.
	 */
	public static void beginRead(Connection connection) throws SQLException {
		execute(connection, "BEGIN");
		try {
			execute(connection, READ);
		}
		catch (SQLException ex) {
			// A transaction left open would make every later BEGIN fail
			execute(connection, "ROLLBACK");
			throw ex;
		}
	}

	public static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/**
	 * Has SQLite look at the wal-index: it waits for a writer that is changing it, and
	 * recovers what a writer that died has left half-changed. Whatever transactions the
	 * other connections are in, they stay in them.
	 */
	public void probe() throws SQLException {
		try {
			execute(this.probe, READ);
		}
		catch (SQLiteException ex) {
			if (!isBusy(ex)) {
				throw ex;
			}
		}
	}

	/**
	 * Returns the connection that is in no transaction.
	 */
	public Connection spare() {
		return this.spare;
	}

	/**
	 * Lets the read transaction that has been begun on the spare connection take the
	 * place of the one held, so that at no time there is none.
	 */
	public void swapReadLock() throws SQLException {
		releaseReadLock();
		Connection former = this.reader;
		this.reader = this.spare;
		this.spare = former;
		this.reading = true;
	}

	public void takeReadLock() throws SQLException {
		beginRead(this.reader);
		this.reading = true;
	}

	public void releaseReadLock() throws SQLException {
		if (this.reading) {
			execute(this.reader, "ROLLBACK");
			this.reading = false;
		}
	}

	/**
	 * Tries to keep all writers out, without waiting.
	 * @return whether they are out
	 */
	public boolean tryBarrier() throws SQLException {
		try {
			if (!this.barrierStands) {
				execute(this.barrier, "BEGIN IMMEDIATE");
				this.barrierStands = true;
			}
			return true;
		}
		catch (SQLiteException ex) {
			if (isBusy(ex)) {
				return false;
			}
			throw ex;
		}
	}

	public void endBarrier() throws SQLException {
		if (this.barrierStands) {
			execute(this.barrier, "ROLLBACK");
			this.barrierStands = false;
		}
	}

	/**
	 * Checkpoints as far as that is possible at once, without waiting for anybody or
	 * keeping anybody out. The spare connection must be in no transaction.
	 * @return how far it has come
	 */
	public Checkpoint checkpointPassively() throws SQLException {
		return checkpoint(this.spare, "PASSIVE");
	}

	/**
	 * Cuts the write-ahead log back to nothing if all of it is in the database file and
	 * neither a writer nor a reader stands in the way; otherwise gives up at once, since
	 * whoever wants to write meanwhile has to wait. No barrier may stand.
	 * @return complete if it has been cut back
	 */
	public Checkpoint truncate() throws SQLException {
		return checkpoint(this.barrier, "TRUNCATE");
	}

	private static Checkpoint checkpoint(Connection connection, String mode) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
			if (!result.next() || result.getInt(1) != 0) {
				return Checkpoint.BUSY;
			}
			return (result.getInt(2) == result.getInt(3)) ? Checkpoint.COMPLETE : Checkpoint.PARTIAL;
		}
		catch (SQLiteException ex) {
			if (isBusy(ex)) {
				return Checkpoint.BUSY;
			}
			throw ex;
		}
	}

	/**
	 * What a checkpoint has come to.
	 */
	public enum Checkpoint {

		/** Everything committed is in the database file. */
		COMPLETE,

		/** A reader stands in the way. */
		PARTIAL,

		/** Somebody else checkpoints at the moment. */
		BUSY

	}

	private static boolean isBusy(SQLiteException ex) {
		SQLiteErrorCode code = ex.getResultCode();
		return (code.code & 0xFF) == SQLiteErrorCode.SQLITE_BUSY.code
				|| (code.code & 0xFF) == SQLiteErrorCode.SQLITE_LOCKED.code;
	}

	@Override
	public void close() throws SQLException {
		try (Connection first = this.probe;
				Connection second = this.barrier;
				Connection third = this.spare;
				Connection fourth = this.reader) {
			this.reading = false;
		}
	}

}
