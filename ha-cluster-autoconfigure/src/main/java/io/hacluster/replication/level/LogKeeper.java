package io.hacluster.replication.level;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;

/**
 * Keeps the log of a leader short during one term: compacts it into levels, makes
 * snapshots and retires what is superfluous. When something is due follows from the log
 * and the wall clock alone: a level is added to when there is something that belongs to a
 * former interval of it, a snapshot is taken when the last one is as old as the interval.
 * So it does not matter how often the leader changes. What is appended is appended under
 * the fence under which the log was looked at; that fails if the log has been fenced
 * since, so nothing is compacted twice. Whatever is interrupted leaves chunks in the
 * store that no file refers to, and files in a staging directory that the next term
 * empties.
 * <p>
 * Used by one thread, except where a method says otherwise. What is thrown is a
 * {@link HaClusterException} if something is not possible at the moment, and also if this
 * keeper is told to stop.
 */
public final class LogKeeper {

	private final LevelSettings settings;

	private final Supplier<LogWriter> writer;

	private final Clock clock;

	private final BooleanSupplier stop;

	private final LevelCounters counters;

	private final LogCatalog catalog;

	private final LogPublisher publisher;

	private final Compactor compactor;

	private final SnapshotMerge snapshots;

	private final Retention retention;

	/**
	 * Creates a keeper.
	 * @param settings intervals and retention
	 * @param identity this process
	 * @param store the log, for reading
	 * @param writer gives the log as it is open at the moment; throws
	 * {@link HaClusterException} if it is not
	 * @param directory for staging files; made if it does not exist, and emptied
	 * @param counters told what is done
	 * @param clock the wall clock, which the ages of files are told by
	 * @param ticker for durations
	 * @param stop asked now and then whether to give up
	 */
	public LogKeeper(LevelSettings settings, NodeIdentity identity, ReplicaStore store, Supplier<LogWriter> writer,
			Path directory, LevelCounters counters, Clock clock, Ticker ticker, BooleanSupplier stop) {
		this.settings = settings;
		this.writer = writer;
		this.clock = clock;
		this.stop = stop;
		this.counters = counters;
		this.catalog = new LogCatalog(store);
		this.publisher = new LogPublisher(this.catalog, stop);
		Merger merger = new Merger(identity, new Staging(directory, store, stop), this.catalog);
		this.compactor = new Compactor(identity, merger, this.publisher, this.catalog, counters, ticker);
		this.snapshots = new SnapshotMerge(merger, this.publisher, this.catalog, counters, ticker);
		this.retention = new Retention(settings.retention(), settings.batchRetention(), clock);
	}

	/**
	 * Takes note of a file that the leader has appended. To be called by any thread.
	 * @param entry the file
	 */
	public void appended(LogEntry entry) {
		this.catalog.appended(entry);
	}

	/**
	 * Adds to the levels what is due.
	 * @return what the log lacks and a snapshot of the database has to cover, for people;
	 * empty if it lacks nothing
	 * @throws InterruptedException if interrupted
	 */
	public Optional<String> compact() throws InterruptedException {
		Optional<String> missing = Optional.empty();
		List<Duration> intervals = this.settings.intervals();
		for (int level = 1; level <= intervals.size() && !this.stop.getAsBoolean(); level++) {
			Optional<String> found = this.compactor.compact(level, boundary(intervals.get(level - 1)), this.writer,
					this.stop);
			missing = missing.or(() -> found);
		}
		return missing;
	}

	/**
	 * Returns when the interval began in which we are now, counted from the epoch: with
	 * five minutes at the minutes 0, 5 and so on.
	 */
	private Instant boundary(Duration interval) {
		long now = this.clock.millis();
		return Instant.ofEpochMilli(now - Math.floorMod(now, Math.max(1, interval.toMillis())));
	}

	/**
	 * Returns how long there is nothing to do.
	 * @return the time until the next interval of a level begins
	 */
	public Duration untilNext() {
		long now = this.clock.millis();
		long next = this.settings.intervals()
			.stream()
			.mapToLong((interval) -> boundary(interval).toEpochMilli() + Math.max(1, interval.toMillis()))
			.min()
			.orElse(now);
		return Duration.ofMillis(Math.max(1, next - now));
	}

	/**
	 * Returns whether a snapshot is due: something has changed since the last one, and
	 * that is as old as the interval.
	 * @return whether it is
	 */
	public boolean isSnapshotDue() {
		LogWriter open = this.writer.get();
		Optional<LogEntry> last = this.snapshots.last(open);
		Instant before = this.clock.instant().minus(this.settings.snapshotInterval());
		return last.isEmpty()
				|| (!last.get().timestamp().isAfter(before) && last.get().name().maxTxid() < this.snapshots.end(open));
	}

	/**
	 * Returns which log this is. Another identity means that the store was wiped.
	 * @return the identity of the log that is open
	 */
	public String logId() {
		return this.writer.get().fence().logId();
	}

	/**
	 * Returns the last transaction that a snapshot holds.
	 * @return the transaction, 0 without a snapshot
	 */
	public long snapshotTxid() {
		return this.snapshots.last(this.writer.get()).map((entry) -> entry.name().maxTxid()).orElse(0L);
	}

	/**
	 * Makes a snapshot from the last one and what has been logged since, if that is
	 * cheaper than reading the database: if fewer bytes have to be read for it. It mostly
	 * is, since the files of the log are compressed; and it keeps no read transaction
	 * open, so that the write-ahead log can be checkpointed meanwhile.
	 * @param databaseBytes size of the database
	 * @return the snapshot; empty if the database has to be read
	 * @throws InterruptedException if interrupted
	 */
	public Optional<LogEntry> mergeSnapshot(long databaseBytes) throws InterruptedException {
		return this.snapshots.merge(this.writer.get(), databaseBytes);
	}

	/**
	 * Puts a snapshot into the log.
	 * @param logId the log whose transactions it holds, asked for before it was made: in
	 * another one the same numbers are other transactions
	 * @param name its name
	 * @param timestamp its time
	 * @param content its bytes
	 * @param release lets go of the bytes as soon as they are not needed any more, on
	 * another thread perhaps
	 * @param nanos how long making it took
	 * @return what the log has
	 * @throws HaClusterException if the log does not take it, or was wiped since
	 * @throws InterruptedException if interrupted
	 */
	public LogEntry publishSnapshot(String logId, LtxName name, Instant timestamp, ByteSource content, Runnable release,
			long nanos) throws InterruptedException {
		LogWriter open;
		try {
			open = this.writer.get();
			if (!open.fence().logId().equals(logId)) {
				throw new HaClusterException("the log has been wiped since");
			}
		}
		catch (HaClusterException ex) {
			release.run();
			throw ex;
		}
		LogEntry entry = this.publisher.publish(open, name, timestamp, content, release);
		this.counters.snapshot(entry.size(), nanos);
		return entry;
	}

	/**
	 * Retires what is superfluous.
	 */
	public void retire() {
		LogWriter open = this.writer.get();
		for (LogEntry entry : this.retention.superfluous(this.catalog.all(open), this.catalog.unsound())) {
			if (this.stop.getAsBoolean()) {
				return;
			}
			open.retire(entry);
			this.catalog.retired(entry);
			this.counters.retired();
		}
	}

}
