package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

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

	private static final int FRAME_HEADER = 24;

	private final ReplicaFile file;

	private final ReplicaConnection connection;

	private final int pageSize;

	private final FileChannel log;

	private final WalIndexFile index;

	private final ReplicaWalWriter writer;

	/** Held while writing, and by checkpoints that need the write lock themselves. */
	private final Object writing = new Object();

	private boolean open = true;

	private @Nullable FileChannel content;

	private ReplicaDatabase(ReplicaFile file, ReplicaConnection connection, int pageSize, FileChannel log,
			WalIndexFile index, Ticker ticker) {
		this.file = file;
		this.connection = connection;
		this.pageSize = pageSize;
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
		ReplicaConnection connection = ReplicaConnection.open(file);
		FileChannel log = null;
		try {
			file.requireIndex();
			log = FileChannel.open(file.log(), StandardOpenOption.READ, StandardOpenOption.WRITE);
			ReplicaDatabase database = new ReplicaDatabase(file, connection, connection.pageSize(), log,
					WalIndexFile.open(file.shared()), ticker);
			database.writer.adopt();
			return database;
		}
		catch (IOException | RuntimeException ex) {
			connection.close();
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
			if (pageSize != this.pageSize) {
				throw new ReplicaChangedException(
						"its pages have " + this.pageSize + " bytes, those in the log " + pageSize);
			}
			for (int i = 0; i < MAX_RECOVERIES; i++) {
				Optional<ReplicaTransaction> begun = this.writer.begin(pageSize, LOCK_TIMEOUT);
				if (begun.isPresent()) {
					try (ReplicaTransaction transaction = begun.get()) {
						work.write(transaction);
						return;
					}
				}
				this.connection.read();
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
		return checkpoint(Duration.ZERO);
	}

	/**
	 * Makes a checkpoint like {@link #checkpoint()}, but waits for readers.
	 * @param patience how long
	 * @return whether the log is empty now
	 * @throws IOException if SQLite fails
	 */
	boolean checkpoint(Duration patience) throws IOException {
		this.connection.checkpoint("PASSIVE", Duration.ZERO);
		// Emptying needs the write lock, but by now there is little left to copy
		synchronized (this.writing) {
			return this.connection.checkpoint("TRUNCATE", patience);
		}
	}

	/**
	 * Returns the size of the write-ahead log up to its last commit, as last seen.
	 * @return bytes
	 */
	long logBytes() {
		return (long) frames() * (FRAME_HEADER + this.pageSize);
	}

	/**
	 * Copies the replica, with all that has been written, into another file.
	 * @param target the file, durable when this returns
	 * @param stop asked now and then whether to give up
	 * @throws ReplicaChangedException if somebody else has written to the replica
	 * @throws IOException if files cannot be read or written, or told to stop
	 */
	void copyTo(Path target, BooleanSupplier stop) throws IOException {
		synchronized (this.writing) {
			requireOpen();
			requireUnchanged();
			FileChannel opened = this.content;
			if (opened == null) {
				// Closed after the connection only: that would drop its locks
				opened = FileChannel.open(this.file.database(), StandardOpenOption.READ);
				this.content = opened;
			}
			ReplicaCopy.write(opened, this.log, this.writer.lastHeader(), target, stop);
			requireUnchanged();
		}
	}

	/**
	 * Closes the replica as it is, and has all who still have it open fail at their next
	 * transaction; one that they are in goes on.
	 * @throws IOException if that fails; it is closed all the same
	 */
	void retire() throws IOException {
		synchronized (this.writing) {
			requireOpen();
			this.open = false;
			try {
				this.writer.invalidate(LOCK_TIMEOUT);
			}
			finally {
				closeFiles();
			}
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
				this.connection.checkpoint("TRUNCATE", Duration.ZERO);
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
			this.connection.read();
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
				this.connection.checkpoint("TRUNCATE", Duration.ZERO);
			}
			finally {
				closeFiles();
			}
		}
	}

	private void closeFiles() throws IOException {
		this.connection.close();
		FileChannel opened = this.content;
		if (opened != null) {
			opened.close();
		}
		this.log.close();
		// While the file stands, some connection has the database open. Should it be one
		// of this process, closing the descriptor would drop its locks.
		this.index.close(!Files.exists(this.file.shared()));
	}

	private void requireOpen() {
		if (!this.open) {
			throw new HaClusterException("The replica " + this.file.database() + " is closed");
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
