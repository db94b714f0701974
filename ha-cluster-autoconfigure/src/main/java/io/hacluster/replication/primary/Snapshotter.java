package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.level.LevelSettings;
import io.hacluster.replication.level.LogKeeper;
import io.hacluster.replication.ltx.LtxName;

/**
 * Keeps a primary's log short on a thread of its own: compacts it, takes snapshots into
 * it, periodically and on demand, and retires what is superfluous. Writers are not kept
 * waiting: a snapshot is merged from the log, or read under a read transaction. What
 * fails is tried again, and does not keep the rest from being done. Thread-safe.
 */
public final class Snapshotter implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Snapshotter.class);

	private static final Duration RETRY = Duration.ofSeconds(30);

	private static final Duration LOOK = Duration.ofSeconds(1);

	private final NodeIdentity identity;

	private final Primary primary;

	private final LogKeeper keeper;

	private final Ticker ticker;

	private final PrimarySignal signal = new PrimarySignal();

	private volatile @Nullable Thread thread;

	private volatile boolean stopped;

	private volatile boolean wanted;

	/** Whether the database has to be read, since the log does not lead to it. */
	private boolean copyOwed;

	private @Nullable String failure;

	/**
	 * Creates a snapshotter that does nothing yet.
	 * @param settings intervals and retention
	 * @param identity this process
	 * @param primary the primary
	 * @param store the log, for reading
	 * @param clock the wall clock, which the ages of files are told by
	 * @param ticker for waiting
	 */
	public Snapshotter(LevelSettings settings, NodeIdentity identity, Primary primary, ReplicaStore store, Clock clock,
			Ticker ticker) {
		this.identity = identity;
		this.primary = primary;
		this.ticker = ticker;
		this.keeper = new LogKeeper(settings, identity, store, primary.shipper()::requireWriter,
				primary.encoder().staging().resolve("levels"), primary.counters().levels, clock, ticker,
				() -> this.stopped);
		primary.shipper().listener(this.keeper::appended);
		primary.onFullCopy(this::request);
	}

	/**
	 * Starts the thread. It takes the first snapshot when the newest in the log is as old
	 * as the interval.
	 */
	public synchronized void start() {
		if (this.thread == null && !this.stopped) {
			Thread created = new Thread(this::run, "ha-snapshot-" + this.identity.cluster());
			created.setDaemon(true);
			created.start();
			this.thread = created;
		}
	}

	/**
	 * Asks the thread for a snapshot soon.
	 * @return whether there is one to take it
	 */
	public boolean request() {
		this.wanted = true;
		this.signal.give();
		return this.thread != null && !this.stopped;
	}

	private void run() {
		long next = this.ticker.nanoTime();
		try {
			while (!this.stopped) {
				long wait = next - this.ticker.nanoTime();
				if (wait > 0 && !this.wanted) {
					this.signal.await(wait);
				}
				else if (!isAnythingLogged()) {
					this.wanted = false;
					next = this.ticker.nanoTime() + LOOK.toNanos();
				}
				else {
					next = this.ticker.nanoTime() + turn().toNanos();
				}
			}
		}
		catch (InterruptedException ex) {
			// nobody who may interrupts this thread: it ends when told to
		}
	}

	private boolean isAnythingLogged() {
		PrimaryStatus status = this.primary.status();
		return status.state() != ReplicationStatus.State.AWAITING_DATABASE && status.txid() > 0;
	}

	/**
	 * Does all that is due.
	 * @return how long to wait before the next turn
	 */
	private synchronized Duration turn() throws InterruptedException {
		this.copyOwed |= this.wanted;
		this.wanted = false;
		this.failure = null;
		attempt("The log could not be compacted", () -> this.keeper.compact().ifPresent((missing) -> {
			this.copyOwed = true;
			logger.warn("[{}] {}, so that a snapshot has to cover them", this.identity, missing);
		}));
		attempt("No snapshot could be taken", () -> {
			if (this.copyOwed) {
				copy();
				this.copyOwed = false;
			}
			else if (this.keeper.isSnapshotDue()) {
				snapshot();
			}
		});
		attempt("Superfluous files could not be retired", this.keeper::retire);
		this.primary.counters().snapshotFailure(this.failure);
		Duration next = this.keeper.untilNext();
		return (this.failure == null || next.compareTo(RETRY) < 0) ? next : RETRY;
	}

	private void attempt(String what, Action action) throws InterruptedException {
		try {
			action.run();
		}
		catch (HaClusterException ex) {
			if (!this.stopped) {
				this.failure = what + ": " + ex.getMessage();
				logger.warn("[{}] {}", this.identity, this.failure);
			}
		}
	}

	/**
	 * Takes a snapshot now, by merging the log if that is cheaper than reading the
	 * database.
	 * @return its entry, empty if nothing has changed since the last one
	 * @throws HaClusterException if that is not possible at the moment, the disk is about
	 * to fill up, or this snapshotter is told to stop
	 * @throws InterruptedException if interrupted
	 */
	synchronized Optional<LogEntry> snapshot() throws InterruptedException {
		try {
			Optional<LogEntry> merged = this.keeper.mergeSnapshot(this.primary.databaseBytes());
			merged.ifPresent((entry) -> logger.info("[{}] Merged a snapshot at transaction {}, {} bytes", this.identity,
					entry.name().maxTxid(), entry.size()));
			return merged.isPresent() ? merged : copy();
		}
		catch (IOException ex) {
			throw new HaClusterException("the database cannot be read: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Takes a snapshot by reading the database.
	 */
	private Optional<LogEntry> copy() throws InterruptedException {
		long start = this.ticker.nanoTime();
		String logId = this.keeper.logId();
		PrimaryEncoder.EncodedFile file;
		LtxName name;
		try (SnapshotSource source = this.primary.openSnapshot(() -> this.stopped)
			.orElseThrow(() -> new HaClusterException("the primary does not ship at the moment"))) {
			name = LtxName.snapshot(source.txid());
			if (this.keeper.snapshotTxid() == source.txid()) {
				return Optional.empty();
			}
			file = source.copy(this.primary.encoder(), () -> this.stopped);
		}
		catch (IOException | SQLException ex) {
			throw new HaClusterException("the database cannot be copied: " + ex.getMessage(), ex);
		}
		LogEntry entry = this.keeper.publishSnapshot(logId, name, Instant.ofEpochMilli(file.header().timestamp()), file,
				file::close, this.ticker.nanoTime() - start);
		logger.info("[{}] Took a snapshot at transaction {}, {} bytes", this.identity, name.maxTxid(), entry.size());
		return Optional.of(entry);
	}

	/**
	 * Stops; what is under way is abandoned.
	 * @param timeout how long to wait
	 */
	public void stop(Duration timeout) {
		this.stopped = true;
		this.signal.give();
		Thread running = this.thread;
		if (running != null) {
			try {
				running.join(Math.max(1, timeout.toMillis()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Stops without a wait to speak of; idempotent.
	 */
	@Override
	public void close() {
		stop(Duration.ofMillis(100));
	}

	@FunctionalInterface
	private interface Action {

		void run() throws InterruptedException;

	}

}
