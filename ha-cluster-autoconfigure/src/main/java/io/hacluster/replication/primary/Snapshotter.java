package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.ltx.LtxName;

/**
 * Takes snapshots of a primary's database into the log, periodically and on demand, and
 * removes what they make superfluous. Writers are not kept waiting: a snapshot is read
 * under a read transaction. Thread-safe.
 */
public final class Snapshotter implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Snapshotter.class);

	private static final Duration RETRY = Duration.ofSeconds(30);

	private static final Duration LOOK = Duration.ofSeconds(1);

	private final PrimarySettings settings;

	private final NodeIdentity identity;

	private final Primary primary;

	private final ReplicaStore store;

	private final Retention retention;

	private final Clock clock;

	private final Ticker ticker;

	private final PrimarySignal signal = new PrimarySignal();

	private volatile @Nullable Thread thread;

	private volatile boolean stopped;

	private volatile boolean wanted;

	/**
	 * Creates a snapshotter that does nothing yet.
	 * @param settings interval and retention
	 * @param identity this process
	 * @param primary the primary
	 * @param store the log, for reading
	 * @param clock the wall clock, which the ages of files are told by
	 * @param ticker for the interval
	 */
	public Snapshotter(PrimarySettings settings, NodeIdentity identity, Primary primary, ReplicaStore store,
			Clock clock, Ticker ticker) {
		this.settings = settings;
		this.identity = identity;
		this.primary = primary;
		this.store = store;
		this.retention = new Retention(settings.retention(), clock);
		this.clock = clock;
		this.ticker = ticker;
		primary.onFullCopy(this::request);
	}

	/**
	 * Starts the thread that takes snapshots. The first is taken when the newest in the
	 * log is as old as the interval.
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
		boolean planned = false;
		while (!this.stopped) {
			long wait = next - this.ticker.nanoTime();
			if (wait > 0 && !this.wanted) {
				this.signal.await(wait);
				continue;
			}
			if (this.primary.status().state() == ReplicationStatus.State.AWAITING_DATABASE) {
				next = this.ticker.nanoTime() + LOOK.toNanos();
				this.wanted = false;
				continue;
			}
			try {
				if (!planned && !this.wanted) {
					next = this.ticker.nanoTime() + untilFirst();
					planned = true;
					continue;
				}
				this.wanted = false;
				snapshot();
				next = this.ticker.nanoTime() + this.settings.snapshotInterval().toNanos();
				planned = true;
				this.primary.counters().snapshotFailure(null);
			}
			catch (HaClusterException ex) {
				next = this.ticker.nanoTime() + Math.min(RETRY.toNanos(), this.settings.snapshotInterval().toNanos());
				report(ex);
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	private void report(HaClusterException ex) {
		if (!this.stopped) {
			String failure = "No snapshot could be taken: " + ex.getMessage();
			this.primary.counters().snapshotFailure(failure);
			logger.warn("[{}] {}", this.identity, failure);
		}
	}

	private long untilFirst() {
		Duration interval = this.settings.snapshotInterval();
		Instant last = newest(this.store.list()).map(LogEntry::timestamp).orElse(Instant.EPOCH);
		Duration wait = Duration.between(this.clock.instant(), last.plus(interval));
		return Math.max(0, Math.min(interval.toNanos(),
				(wait.compareTo(interval) > 0) ? interval.toNanos() : (wait.isNegative() ? 0 : wait.toNanos())));
	}

	private static Optional<LogEntry> newest(List<LogEntry> entries) {
		return entries.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_SNAPSHOT)
			.max(Comparator.comparingLong((entry) -> entry.name().maxTxid()));
	}

	/**
	 * Takes a snapshot now.
	 * @return its entry, empty if nothing has changed since the last one
	 * @throws HaClusterException if that is not possible at the moment, the disk is about
	 * to fill up, or this snapshotter is told to stop
	 * @throws InterruptedException if interrupted
	 */
	synchronized Optional<LogEntry> snapshot() throws InterruptedException {
		long last = newest(this.store.list()).map((entry) -> entry.name().maxTxid()).orElse(0L);
		PrimaryEncoder.EncodedFile file;
		LtxName name;
		try (SnapshotSource source = this.primary.openSnapshot(() -> this.stopped)
			.orElseThrow(() -> new HaClusterException("the primary does not ship at the moment"))) {
			name = LtxName.snapshot(source.txid());
			if (last == source.txid()) {
				return Optional.empty();
			}
			file = source.copy(this.primary.encoder(), () -> this.stopped);
		}
		catch (IOException | SQLException ex) {
			throw new HaClusterException("the database cannot be copied: " + ex.getMessage(), ex);
		}
		LogEntry entry = append(name, file);
		this.primary.counters().snapshots.incrementAndGet();
		logger.info("[{}] Took a snapshot at transaction {}, {} bytes", this.identity, name.maxTxid(), entry.size());
		retire();
		return Optional.of(entry);
	}

	private LogEntry append(LtxName name, PrimaryEncoder.EncodedFile file) throws InterruptedException {
		CompletableFuture<LogEntry> outcome;
		try {
			outcome = this.primary.shipper().append(name, file);
		}
		catch (RuntimeException ex) {
			file.close();
			throw ex;
		}
		outcome.whenComplete((entry, ex) -> file.close());
		while (true) {
			try {
				return outcome.get(100, TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				if (this.stopped) {
					throw new HaClusterException("the snapshot was abandoned", ex);
				}
			}
			catch (ExecutionException ex) {
				throw new HaClusterException("the store did not take it: "
						+ ((ex.getCause() != null) ? ex.getCause().getMessage() : ex.getMessage()), ex);
			}
		}
	}

	private void retire() {
		for (LogEntry entry : this.retention.superfluous(this.store.list())) {
			if (this.stopped) {
				return;
			}
			this.primary.shipper().retire(entry);
		}
	}

	/**
	 * Stops; a snapshot under way is abandoned.
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

}
