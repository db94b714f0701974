package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

import io.hacluster.HaClusterException;
import io.hacluster.Ticker;

/**
 * An open replica: a database in WAL mode that SQLite readers of any process may have
 * open at the same time. Holds the one SQLite connection that keeps the write-ahead log
 * alive, makes the checkpoints, and recovers the wal-index after a crash; transactions
 * are written by {@link ReplicaWalWriter}. Thread-safe; a checkpoint and a transaction
 * may run at the same time.
 * <p>
 * The threads that call this must not be interrupted: the JDK closes a channel whose
 * thread is interrupted.
 */
final class ReplicaDatabase implements AutoCloseable {

	private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

	private static final int MAX_RECOVERIES = 3;

	/** Without the extension of an extended result code. */
	private static final int PRIMARY_CODE = 0xFF;

	private final ReplicaFile file;

	private final Connection connection;

	private final FileChannel log;

	private final WalIndexFile index;

	private final ReplicaWalWriter writer;

	/** Held while writing, and by checkpoints that need the write lock themselves. */
	private final Object writing = new Object();

	private boolean open = true;

	private ReplicaDatabase(ReplicaFile file, Connection connection, FileChannel log, WalIndexFile index,
			Ticker ticker) {
		this.file = file;
		this.connection = connection;
		this.log = log;
		this.index = index;
		this.writer = new ReplicaWalWriter(log, index, ticker);
	}

	/**
	 * Opens a replica; SQLite recovers it if it was not closed cleanly.
	 * @param file an existing database in WAL mode
	 * @param ticker for timeouts
	 * @return the replica
	 * @throws ReplicaChangedException if the file is not a database in WAL mode
	 * @throws IOException if the files cannot be opened
	 */
	static ReplicaDatabase open(ReplicaFile file, Ticker ticker) throws IOException {
		Connection connection = connect(file);
		FileChannel log = null;
		try {
			file.requireIndex();
			log = FileChannel.open(file.log(), StandardOpenOption.READ, StandardOpenOption.WRITE);
			ReplicaDatabase database = new ReplicaDatabase(file, connection, log, WalIndexFile.open(file.shared()),
					ticker);
			database.writer.adopt();
			return database;
		}
		catch (IOException | RuntimeException ex) {
			closeQuietly(connection);
			if (log != null) {
				log.close();
			}
			throw ex;
		}
	}

	/**
	 * Writes one transaction.
	 * @param pageSize bytes a page
	 * @param work gives the pages and commits; not having committed undoes everything
	 * @throws ReplicaChangedException if somebody else has written to the replica
	 * @throws IOException if the files cannot be written
	 */
	void write(int pageSize, Work work) throws IOException {
		synchronized (this.writing) {
			requireOpen();
			for (int i = 0; i < MAX_RECOVERIES; i++) {
				Optional<ReplicaTransaction> begun = this.writer.begin(pageSize, LOCK_TIMEOUT);
				if (begun.isPresent()) {
					try (ReplicaTransaction transaction = begun.get()) {
						work.write(transaction);
						return;
					}
				}
				readSchema(this.connection, this.file);
			}
			throw new ReplicaChangedException("its wal-index cannot be recovered");
		}
	}

	/**
	 * Returns how many frames the write-ahead log holds, as last seen.
	 * @return the number of frames
	 */
	int frames() {
		synchronized (this.writing) {
			return this.writer.frames();
		}
	}

	/**
	 * Copies what no reader needs in the write-ahead log any more into the database, and
	 * empties the log if nobody is reading from it. Does not wait for readers.
	 * @return whether the log is empty now
	 * @throws IOException if SQLite fails
	 */
	boolean checkpoint() throws IOException {
		pragmaCheckpoint("PASSIVE");
		// Emptying needs the write lock, but by now there is little left to copy
		synchronized (this.writing) {
			return pragmaCheckpoint("TRUNCATE");
		}
	}

	/**
	 * Makes everything written so far survive a crash of the machine.
	 * @throws IOException if the disk fails
	 */
	void force() throws IOException {
		this.writer.force();
	}

	/**
	 * Closes the replica like {@link #close()}, and makes sure that it holds nothing but
	 * what this has written. It is closed all the same if an exception is thrown.
	 * @throws ReplicaChangedException if somebody else has written to the replica
	 * @throws HaClusterException if a stranger keeps the write lock, so nobody can tell
	 * @throws IOException if SQLite fails
	 */
	void closeUnchanged() throws IOException {
		synchronized (this.writing) {
			requireOpen();
			try {
				requireUnchanged();
				pragmaCheckpoint("TRUNCATE");
				// Soon there is no wal-index to tell what has come during the checkpoint
				requireUnchanged();
			}
			finally {
				close();
			}
		}
	}

	private void requireUnchanged() throws IOException {
		for (int i = 0; i < MAX_RECOVERIES; i++) {
			if (this.writer.verify(LOCK_TIMEOUT)) {
				return;
			}
			readSchema(this.connection, this.file);
		}
		throw new ReplicaChangedException("its wal-index cannot be recovered");
	}

	/**
	 * Closes the replica; what the write-ahead log holds is brought into the database if
	 * no reader is in the way. Idempotent.
	 * @throws IOException if SQLite fails
	 */
	@Override
	public void close() throws IOException {
		synchronized (this.writing) {
			if (!this.open) {
				return;
			}
			this.open = false;
			try {
				pragmaCheckpoint("TRUNCATE");
			}
			finally {
				closeQuietly(this.connection);
				this.log.close();
				// While the file stands, some connection has the database open. Should it
				// be one of this process, closing the descriptor would drop its locks.
				this.index.close(!Files.exists(this.file.shared()));
			}
		}
	}

	private boolean pragmaCheckpoint(String mode) throws IOException {
		try (Statement statement = this.connection.createStatement();
				ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
			return result.next() && result.getInt(1) == 0;
		}
		catch (SQLException ex) {
			throw new IOException("Cannot checkpoint " + this.file.database() + ": " + ex.getMessage(), ex);
		}
	}

	private void requireOpen() {
		if (!this.open) {
			throw new HaClusterException("The replica " + this.file.database() + " is closed");
		}
	}

	private static Connection connect(ReplicaFile file) throws IOException {
		SQLiteConfig config = new SQLiteConfig();
		config.resetOpenMode(SQLiteOpenMode.CREATE);
		config.setBusyTimeout(0);
		try {
			Connection connection = config.createConnection("jdbc:sqlite:" + file.database());
			try (Statement statement = connection.createStatement()) {
				statement.execute("PRAGMA wal_autocheckpoint=0");
				statement.execute("PRAGMA synchronous=NORMAL");
				readSchema(connection, file);
				requireWal(statement, file);
				return connection;
			}
			catch (IOException | SQLException | RuntimeException ex) {
				closeQuietly(connection);
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw failure("open", file, ex);
		}
	}

	private static void requireWal(Statement statement, ReplicaFile file) throws SQLException {
		try (ResultSet result = statement.executeQuery("PRAGMA journal_mode")) {
			if (!result.next() || !"wal".equalsIgnoreCase(result.getString(1))) {
				throw new ReplicaChangedException("it is not in WAL mode");
			}
		}
	}

	/**
	 * Any read opens the write-ahead log, and recovers its index if that is needed.
	 */
	private static void readSchema(Connection connection, ReplicaFile file) throws IOException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout=5000");
			statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
			statement.execute("PRAGMA busy_timeout=0");
		}
		catch (SQLException ex) {
			throw failure("read", file, ex);
		}
	}

	private static IOException failure(String what, ReplicaFile file, SQLException cause) {
		int code = cause.getErrorCode() & PRIMARY_CODE;
		if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
			throw new ReplicaChangedException("it is damaged: " + cause.getMessage());
		}
		return new IOException("Cannot " + what + " " + file.database() + ": " + cause.getMessage(), cause);
	}

	private static void closeQuietly(Connection connection) {
		try {
			connection.close();
		}
		catch (SQLException ex) {
			// Nothing more can be done, and what matters has been reported
		}
	}

	/**
	 * What is written in a transaction.
	 */
	@FunctionalInterface
	interface Work {

		void write(ReplicaTransaction transaction) throws IOException;

	}

}
