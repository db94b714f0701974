package io.hacluster.replication.primary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;

/**
 * Ships what another process commits to a SQLite database to the log. The order of calls
 * is {@link #hold} (before the backend starts), {@link #awaitDatabase}, {@link #start},
 * {@link #stopLoop}, {@link #flush} (when the backend has stopped), {@link #release};
 * {@link #release} or {@link #close} may be called at any time, {@link #status()} too. A
 * released primary cannot be used again. Thread-safe.
 * <p>
 * It keeps the database and its wal-index open as files and closes them after its own
 * connections. A process that has other SQLite connections to the database, being the
 * backend itself, must have closed them before {@link #release}.
 */
public final class Primary implements AutoCloseable {

	private final NodeIdentity identity;

	private final Path database;

	private final Ticker ticker;

	private final PrimaryParts parts;

	private @Nullable PrimaryWatch watch;

	private @Nullable PrimaryEnd end;

	private boolean flushed;

	private volatile boolean stopped;

	/**
	 * Creates a primary that does nothing yet.
	 * @param settings how to capture, checkpoint and keep
	 * @param identity this process
	 * @param epoch the epoch of the term
	 * @param database the database file, which need not exist yet; its directory must
	 * @param stateDirectory an existing directory for staging files
	 * @param store the log, for reading
	 * @param fence opens the log again under this leader's own epoch after a failure:
	 * {@code () -> store.fence(epoch, identity)}
	 * @param onFenced told once, on a thread of this class, when a newer leader has
	 * fenced the log; must not block
	 * @param clock for timestamps in the log
	 * @param ticker for everything else
	 */
	public Primary(PrimarySettings settings, NodeIdentity identity, Epoch epoch, Path database, Path stateDirectory,
			ReplicaStore store, Supplier<LogWriter> fence, Consumer<FencedException> onFenced, Clock clock,
			Ticker ticker) {
		this.identity = identity;
		this.database = database;
		this.ticker = ticker;
		this.parts = new PrimaryParts(settings, identity, epoch, database, stateDirectory, store, fence, onFenced,
				clock, ticker);
	}

	/**
	 * Takes hold of the database if it exists: from now on nobody can overwrite frames of
	 * the write-ahead log before they are shipped. To be called after the promotion
	 * rename and before the backend is started; with {@link PrimaryPosition#seed()} the
	 * database need not exist. Does not use the store. A database that is not in WAL mode
	 * is left alone until {@link #awaitDatabase}.
	 * @param position what is known
	 * @throws HaClusterException if the database exists but cannot be opened
	 * @throws InterruptedException if interrupted
	 */
	public void hold(PrimaryPosition position) throws InterruptedException {
		call(() -> {
			this.parts.encoder.clean();
			this.parts.engine.hold(position);
			return true;
		});
	}

	/**
	 * Waits until the database exists and is in WAL mode, and takes hold of it.
	 * @param timeout how long
	 * @throws HaClusterException if it does not appear in time or is not in WAL mode
	 * @throws InterruptedException if interrupted
	 */
	public void awaitDatabase(Duration timeout) throws InterruptedException {
		long deadline = this.ticker.nanoTime() + timeout.toNanos();
		CountDownLatch never = new CountDownLatch(1);
		while (!call(() -> this.parts.hold.attach() != null)) {
			if (this.stopped || deadline - this.ticker.nanoTime() <= 0) {
				throw new HaClusterException(this.parts.hold.isInWrongMode() ? this.parts.hold.wrongMode()
						: "The database " + this.database + " did not appear within " + timeout.toMillis() + " ms");
			}
			never.await(20, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Starts to ship. Where the database does not exist yet, shipping begins when it
	 * appears.
	 * @param writer the log, under this leader's fence; owned by this primary from now on
	 * @throws HaClusterException if the directory of the database cannot be watched
	 * @throws InterruptedException if interrupted
	 */
	public synchronized void start(LogWriter writer) throws InterruptedException {
		call(() -> {
			this.parts.shipper.open(writer);
			return true;
		});
		try {
			if (this.watch == null) {
				PrimaryWatch opened = new PrimaryWatch(this.database, this.identity.cluster(), this.parts.signal);
				this.watch = opened;
				this.parts.loop.watch(opened);
			}
		}
		catch (IOException ex) {
			throw new HaClusterException("The directory of " + this.database + " cannot be watched", ex);
		}
		this.parts.loop.shipping(true);
	}

	/**
	 * Ends the loop and keeps the read lock; what is in flight is waited for.
	 * @param timeout how long to wait
	 */
	public synchronized void stopLoop(Duration timeout) {
		this.parts.loop.shipping(false);
		closeWatch();
		try {
			if (!this.parts.loop.isEnded()) {
				this.parts.loop.call(() -> true, timeout);
			}
		}
		catch (TimeoutException ex) {
			this.parts.counters.failure("The store has not answered within " + timeout.toMillis() + " ms");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Ships what has been committed since the loop ended. If all of it could be shipped,
	 * nobody can write any more until {@link #release}.
	 * @param timeout how long
	 * @return whether everything committed is in the log
	 */
	public synchronized boolean flush(Duration timeout) {
		if (this.parts.loop.isEnded() || this.flushed) {
			return this.flushed;
		}
		long deadline = this.ticker.nanoTime() + timeout.toNanos();
		try {
			this.flushed = this.parts.loop.call(() -> this.parts.loop.shipUntil(deadline, () -> this.stopped),
					timeout.plusSeconds(1));
		}
		catch (TimeoutException ex) {
			this.parts.counters.failure("The store has not answered within " + timeout.toMillis() + " ms");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return this.flushed;
	}

	/**
	 * Lets go of the database: when everything is in the log with a full checkpoint,
	 * otherwise without touching a frame that the log lacks. Also closes the writer.
	 * Idempotent.
	 * @return what is left behind
	 * @throws HaClusterException if the database cannot be let go of cleanly
	 */
	public synchronized PrimaryEnd release() {
		PrimaryEnd former = this.end;
		if (former != null) {
			return former;
		}
		this.stopped = true;
		this.parts.loop.shipping(false);
		closeWatch();
		PrimaryEnd result = new PrimaryEnd(false, this.parts.counters.status().txid(), false);
		this.end = result;
		boolean interrupted = Thread.interrupted();
		try {
			result = this.parts.loop.call(this.parts.departure::release);
			this.end = result;
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		finally {
			interrupted |= endLoop();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
		return result;
	}

	private boolean endLoop() {
		try {
			this.parts.loop.end(Duration.ofSeconds(5));
			return false;
		}
		catch (InterruptedException ex) {
			return true;
		}
	}

	/**
	 * Returns how shipping is.
	 * @return a snapshot
	 */
	public PrimaryStatus status() {
		return this.parts.counters.status();
	}

	/**
	 * Has a listener told when a full copy has been shipped in the place of a batch.
	 * @param listener must not block
	 */
	void onFullCopy(Runnable listener) {
		this.parts.fullCopy.listener(listener);
	}

	PrimaryEncoder encoder() {
		return this.parts.encoder;
	}

	PrimaryCounters counters() {
		return this.parts.counters;
	}

	PrimaryParts parts() {
		return this.parts;
	}

	/**
	 * Begins a snapshot exactly at a transaction of the log.
	 * @param stop asked now and then whether to give up
	 * @return the source, empty if that is not possible at the moment
	 */
	Optional<SnapshotSource> openSnapshot(BooleanSupplier stop) throws InterruptedException {
		SnapshotRequest request = new SnapshotRequest(() -> this.parts.snapshots.open(Duration.ofSeconds(5)));
		this.parts.loop.post(request);
		return request.await(() -> stop.getAsBoolean() || this.stopped);
	}

	/**
	 * Has the log opened again and a full copy shipped into it.
	 * @param fence the fence under which the log was found wanting; if it has been opened
	 * again since, nothing is done
	 * @param reason why, for people
	 */
	void distrustLog(Fence fence, String reason) {
		this.parts.loop.post(() -> {
			if (fence.equals(this.parts.shipper.fence())) {
				this.parts.engine.distrustLog(reason);
			}
		});
	}

	/**
	 * Returns what appends to the log.
	 */
	PrimaryShipper shipper() {
		return this.parts.shipper;
	}

	/**
	 * Returns the size of the database file.
	 * @return bytes
	 */
	long databaseBytes() throws IOException {
		return Files.size(this.database);
	}

	/**
	 * Stops at once and lets go; idempotent.
	 */
	@Override
	public void close() {
		release();
	}

	/**
	 * Returns whether everything committed is in the log at this moment.
	 * @return whether it is
	 * @throws InterruptedException if interrupted
	 */
	public boolean isLevel() throws InterruptedException {
		return call(this.parts.departure::isLevel);
	}

	<T> T call(Callable<T> command) throws InterruptedException {
		return this.parts.loop.call(command);
	}

	private void closeWatch() {
		PrimaryWatch open = this.watch;
		this.watch = null;
		if (open != null) {
			try {
				open.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

}
