package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.replication.connection.DatabaseConnections;
import io.hacluster.replication.wal.WalEncoder;
import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;

/**
 * The database of the backend as a primary holds it: a read transaction that keeps
 * unshipped frames in place, and the three files. Opened and closed in the one order that
 * does not drop SQLite's locks. Not thread-safe, except for reading pages.
 */
final class PrimaryDatabase implements AutoCloseable {

	private static final int SALT_OFFSET = 8;

	private static final int ATTEMPTS = 10_000;

	private static final int PROBES = 50;

	private final Path path;

	private final PrimaryDatabaseFile file;

	private final DatabaseConnections connections;

	private final PrimaryWalIndex index;

	private final FileChannel wal;

	private final WalReader walReader;

	private final int pageSize;

	/**
	 * Opens the database and takes the read lock.
	 * @param path the database
	 * @param file the open file, owned by this object from now on, also if it fails
	 * @param busyTimeout how long to wait for a lock that is held for moments only
	 */
	PrimaryDatabase(Path path, PrimaryDatabaseFile file, Duration busyTimeout) throws IOException, SQLException {
		this.path = path;
		this.file = file;
		DatabaseConnections opened = null;
		PrimaryWalIndex openedIndex = null;
		try {
			opened = new DatabaseConnections(path, busyTimeout);
			opened.takeReadLock();
			openedIndex = new PrimaryWalIndex(beside(path, "-shm"));
			this.wal = FileChannel.open(beside(path, "-wal"), StandardOpenOption.READ);
			this.pageSize = file.pageSize();
		}
		catch (IOException | SQLException | RuntimeException ex) {
			closeQuietly(opened, ex);
			closeQuietly(openedIndex, ex);
			closeQuietly(file, ex);
			throw ex;
		}
		this.connections = opened;
		this.index = openedIndex;
		this.walReader = new WalReader(this.wal);
	}

	static Path beside(Path database, String suffix) {
		return database.resolveSibling(database.getFileName() + suffix);
	}

	private static void closeQuietly(@Nullable AutoCloseable closeable, Exception reason) {
		try {
			if (closeable != null) {
				closeable.close();
			}
		}
		catch (Exception ex) {
			reason.addSuppressed(ex);
		}
	}

	Path path() {
		return this.path;
	}

	PrimaryDatabaseFile file() {
		return this.file;
	}

	DatabaseConnections connections() {
		return this.connections;
	}

	WalReader walReader() {
		return this.walReader;
	}

	int pageSize() {
		return this.pageSize;
	}

	long walBytes() throws IOException {
		return this.wal.size();
	}

	/**
	 * Returns what is committed at the moment. If a writer is changing the wal-index, or
	 * died while it did, SQLite is made to wait for it, or to recover the index. May be
	 * called whatever transactions the connections are in.
	 */
	PrimaryWalState state() throws IOException, SQLException {
		PrimaryWalState state = this.index.read();
		for (int attempt = 0; state == null && attempt < PROBES; attempt++) {
			this.connections.probe();
			state = this.index.read();
		}
		if (state == null) {
			throw new IOException("The wal-index of " + this.path + " is being changed without end");
		}
		return state;
	}

	/**
	 * Lets a new read transaction take the place of the one held; at no time there is
	 * none.
	 * @return the state at which it began
	 */
	PrimaryWalState renewReadLock() throws IOException, SQLException {
		PrimaryWalState state = beginRead(this.connections.spare());
		this.connections.swapReadLock();
		return state;
	}

	/**
	 * Begins a read transaction and tells exactly which frames it sees.
	 * @param connection in no transaction
	 * @return the state; its count of backfilled frames is one that was true after the
	 * transaction had begun
	 */
	PrimaryWalState beginRead(Connection connection) throws IOException, SQLException {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			PrimaryWalState before = state();
			DatabaseConnections.beginRead(connection);
			boolean known = false;
			try {
				PrimaryWalState after = state();
				known = after.frames() == before.frames() && after.sameGeneration(before.salt1(), before.salt2());
				if (known) {
					return after;
				}
			}
			finally {
				if (!known) {
					DatabaseConnections.execute(connection, "ROLLBACK");
				}
			}
		}
		throw new HaClusterException("The database " + this.path + " is written too fast to begin a read transaction "
				+ "at a known transaction");
	}

	/**
	 * Returns whether frames stand in the log that are not committed at a state: a
	 * transaction is being written, and its commit will show in the wal-index alone,
	 * which nobody is woken by.
	 */
	boolean hasUnpublishedFrames(PrimaryWalState state) throws IOException {
		Optional<WalHeader> header = this.walReader.header();
		if (header.isEmpty()) {
			return false;
		}
		if (!state.sameGeneration(header.get().salt1(), header.get().salt2())) {
			return true;
		}
		ByteBuffer frame = ByteBuffer.allocate(WalEncoder.FRAME_HEADER);
		return this.wal.read(frame, endOffset(state)) == WalEncoder.FRAME_HEADER
				&& state.sameGeneration(frame.getInt(SALT_OFFSET), frame.getInt(SALT_OFFSET + Integer.BYTES));
	}

	/**
	 * Returns where the committed frames of a state end.
	 */
	@Nullable WalPosition end(PrimaryWalState state) {
		return (state.frames() != 0)
				? new WalPosition(state.salt1(), state.salt2(), endOffset(state), state.checksum1(), state.checksum2())
				: null;
	}

	long endOffset(PrimaryWalState state) {
		return WalHeader.SIZE + state.frames() * (long) frameSize();
	}

	int frameSize() {
		return WalEncoder.FRAME_HEADER + this.pageSize;
	}

	/**
	 * Returns the size of the database in pages, by the rule that SQLite follows.
	 */
	long pages(PrimaryWalState state) throws IOException {
		return (state.pages() != 0) ? state.pages() & 0xFFFFFFFFL
				: (this.file.size() + this.pageSize - 1) / this.pageSize;
	}

	/**
	 * Creates a reader of the write-ahead log for another thread.
	 */
	WalReader newWalReader() {
		return new WalReader(this.wal);
	}

	/**
	 * Closes without a checkpoint and leaves the write-ahead log in place.
	 */
	@Override
	public void close() throws IOException, SQLException {
		close(false);
	}

	/**
	 * Closes the connections, then the files.
	 * @param clean whether SQLite may do what it does on its last close, a checkpoint and
	 * the removal of the write-ahead log; otherwise it is kept from it, so that frames
	 * that the log lacks stay where they are
	 */
	void close(boolean clean) throws IOException, SQLException {
		try {
			Connection keeper = clean ? null : DatabaseConnections.connectReadOnly(this.path);
			try {
				this.connections.close();
			}
			finally {
				if (keeper != null) {
					keeper.close();
				}
			}
		}
		finally {
			try {
				this.wal.close();
			}
			finally {
				try {
					this.index.close();
				}
				finally {
					this.file.close();
				}
			}
		}
	}

}
