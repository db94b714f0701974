package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.Ticker;
import io.hacluster.replication.wal.WalHeader;

/**
 * Writes transactions into the write-ahead log of a replica in SQLite's place, so that
 * SQLite readers, in whatever process, see each transaction wholly or not at all and are
 * never blocked. For each transaction it takes SQLite's write lock and reads the header
 * of the wal-index anew, since another connection may have reset the log by a checkpoint;
 * it never resets the log itself. A transaction by somebody else is noticed.
 * <p>
 * Needs a SQLite connection that stays open on the database for as long as this is in
 * use: it keeps the log and its index alive. Not thread-safe.
 */
final class ReplicaWalWriter {

	private static final int BUFFER_SIZE = 512 * 1024;

	private static final long FIRST_PAUSE = 20_000;

	private static final long LONGEST_PAUSE = 2_000_000;

	private final FileChannel log;

	private final WalIndex index;

	private final WalIndexFile lock;

	private final Ticker ticker;

	private final SecureRandom random = new SecureRandom();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);

	private @Nullable WalIndexHeader last;

	ReplicaWalWriter(FileChannel log, WalIndexFile indexFile, Ticker ticker) {
		this.log = log;
		this.index = new WalIndex(indexFile);
		this.lock = indexFile;
		this.ticker = ticker;
	}

	/**
	 * Takes the log as it is now for its own: from here on, others' transactions are
	 * noticed.
	 * @throws IOException if the wal-index cannot be read
	 */
	void adopt() throws IOException {
		this.last = this.index.readHeader().orElse(null);
	}

	/**
	 * Begins a transaction; the write lock is held until it ends.
	 * @param pageSize bytes a page
	 * @param timeout how long to wait for another holder of the lock
	 * @return the transaction, empty if SQLite has to recover the wal-index first, which
	 * any read by a connection does
	 * @throws ReplicaChangedException if somebody else has written to the replica
	 * @throws HaClusterException if the lock is not free in time
	 * @throws IOException if the files cannot be read or written
	 */
	Optional<ReplicaTransaction> begin(int pageSize, Duration timeout) throws IOException {
		acquire(timeout);
		boolean begun = false;
		try {
			Optional<WalIndexHeader> header = this.index.readHeader();
			if (header.isPresent()) {
				requireOwn(header.get());
				ReplicaTransaction transaction = newTransaction(header.get(), pageSize);
				begun = true;
				return Optional.of(transaction);
			}
			return Optional.empty();
		}
		finally {
			if (!begun) {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Looks whether everything in the replica comes from here.
	 * @param timeout how long to wait for another holder of the lock
	 * @return whether that could be found out; if not, SQLite has to recover the
	 * wal-index first, which any read by a connection does
	 * @throws ReplicaChangedException if somebody else has written to the replica
	 * @throws HaClusterException if the lock is not free in time
	 * @throws IOException if the files cannot be read
	 */
	boolean verify(Duration timeout) throws IOException {
		acquire(timeout);
		try {
			Optional<WalIndexHeader> header = this.index.readHeader();
			header.ifPresent(this::requireOwn);
			return header.isPresent();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns what is valid in the log, as last seen.
	 * @return the header of its index
	 */
	WalIndexHeader lastHeader() {
		return Objects.requireNonNull(this.last);
	}

	/**
	 * Has every connection fail at its next transaction.
	 * @param timeout how long to wait for another holder of the lock
	 * @throws HaClusterException if the lock is not free in time
	 * @throws IOException if the files cannot be written
	 */
	void invalidate(Duration timeout) throws IOException {
		acquire(timeout);
		try {
			this.index.invalidate();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Makes what has been committed survive a crash of the machine.
	 * @throws IOException if the disk fails
	 */
	void force() throws IOException {
		this.log.force(false);
	}

	/**
	 * Returns how many frames the log holds, as last seen.
	 * @return the number of frames
	 */
	int frames() {
		WalIndexHeader header = this.last;
		return (header != null) ? header.maxFrame() : 0;
	}

	private ReplicaTransaction newTransaction(WalIndexHeader header, int pageSize) throws IOException {
		WalHeader logHeader = (header.maxFrame() == 0) ? restart(header, pageSize) : readLogHeader(header);
		return new ReplicaTransaction(this.log, logHeader, header, this.buffer, this::publish, this.lock::unlock);
	}

	private void publish(WalIndexHeader header, int before, int[] pages, int count) throws IOException {
		this.index.publish(header, before, pages, count);
		this.last = header;
	}

	/**
	 * Begins the log anew: with salts of its own, so that no frame of an earlier life is
	 * taken for one of this.
	 */
	private WalHeader restart(WalIndexHeader header, int pageSize) throws IOException {
		WalHeader logHeader = WalHeader.create(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN, pageSize,
				header.salt1(), header.salt1() + 1, this.random.nextInt());
		ReplicaTransaction.writeFully(this.log, ByteBuffer.wrap(logHeader.encode()), 0);
		return logHeader;
	}

	private WalHeader readLogHeader(WalIndexHeader header) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(WalHeader.SIZE);
		while (bytes.hasRemaining() && this.log.read(bytes, bytes.position()) >= 0) {
			continue;
		}
		return WalHeader.decode(bytes.array())
			.filter((found) -> found.salt1() == header.salt1() && found.salt2() == header.salt2())
			.orElseThrow(() -> new ReplicaChangedException(
					"the header of its write-ahead log is not the one that its index names"));
	}

	/**
	 * A checkpoint may have reset the log (no frames, the counter as it was), and a
	 * recovery may have begun the counter anew (the same frames). Everything else is a
	 * transaction that does not come from here.
	 */
	private void requireOwn(WalIndexHeader header) {
		WalIndexHeader known = this.last;
		if (known != null) {
			boolean reset = header.maxFrame() == 0
					&& (header.change() == known.change() || (header.change() == 0 && known.maxFrame() == 0));
			boolean same = header.hasFramesOf(known) && (header.change() == known.change() || header.change() == 0);
			if (!reset && !same) {
				throw new ReplicaChangedException("somebody else has written to it");
			}
		}
		this.last = header;
	}

	private void acquire(Duration timeout) throws IOException {
		long start = this.ticker.nanoTime();
		long pause = FIRST_PAUSE;
		while (!this.lock.tryLock()) {
			if (this.ticker.nanoTime() - start >= timeout.toNanos() || Thread.currentThread().isInterrupted()) {
				throw new HaClusterException(
						"Another process has held the write lock of the replica for " + timeout.toMillis() + " ms");
			}
			// Held by checkpoints, mostly for microseconds; the kernel's own wait could
			// not be bounded
			LockSupport.parkNanos(pause);
			pause = Math.min(2 * pause, LONGEST_PAUSE);
		}
	}

}
