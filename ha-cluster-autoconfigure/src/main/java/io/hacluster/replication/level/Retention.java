package io.hacluster.replication.level;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * Decides which files of a log are superfluous. What it leaves always leads to:
 * <ul>
 * <li>the latest transaction;</li>
 * <li>every transaction of the last {@code batchRetention}, one by one;</li>
 * <li>back to {@code retention} ago, and to the snapshot before that, at least the last
 * transaction of each file of level 1, for as far as the log is compacted; a point in
 * time in between is restored to the last such transaction before it.</li>
 * </ul>
 * The newest snapshot that is older than the retention is the base of all that: what it
 * covers is superfluous, older snapshots, levels and batches alike. A batch is
 * superfluous also if a file of a level holds it and is older than
 * {@code batchRetention}; so the batches of such a file go together, and none is left
 * that nothing leads to. The newest level-0 file always stays, since the position of the
 * log is read from it. Whoever reads a file while it is retired finds it missing, and
 * finds what replaces it in a new listing, because that is in the log before anything is
 * retired.
 */
final class Retention {

	private final Duration retention;

	private final Duration batchRetention;

	private final Clock clock;

	/**
	 * Creates a retention.
	 * @param retention how far back the log can be restored to
	 * @param batchRetention how long batches are kept that a level holds
	 * @param clock the wall clock
	 */
	Retention(Duration retention, Duration batchRetention, Clock clock) {
		this.retention = retention;
		this.batchRetention = batchRetention;
		this.clock = clock;
	}

	/**
	 * Decides.
	 * @param log the files of the log
	 * @param unsound those of them that hold nothing
	 * @return what is superfluous, in the order in which to retire it
	 */
	List<LogEntry> superfluous(Collection<LogEntry> log, Set<LtxName> unsound) {
		Instant now = this.clock.instant();
		List<LogEntry> sound = log.stream().filter((entry) -> !unsound.contains(entry.name())).toList();
		Optional<LogEntry> base = base(sound, now.minus(this.retention));
		long covered = base.map((entry) -> entry.name().maxTxid()).orElse(0L);
		long newest = newestBatch(log);
		Coverage coverage = new Coverage(sound, now.minus(this.batchRetention));
		List<LogEntry> result = new ArrayList<>();
		for (LogEntry entry : log) {
			LtxName name = entry.name();
			boolean batch = name.level() == LtxName.LEVEL_BATCH;
			boolean behind = name.maxTxid() <= covered && !base.get().name().equals(name);
			boolean compacted = batch && coverage.holds(name);
			if ((behind || compacted) && !(batch && name.maxTxid() == newest)) {
				result.add(entry);
			}
		}
		result.sort(Comparator.comparingInt((LogEntry entry) -> -entry.name().level()).thenComparing(LogEntry::name));
		return result;
	}

	private static Optional<LogEntry> base(Collection<LogEntry> log, Instant oldest) {
		return log.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_SNAPSHOT)
			.filter((entry) -> !entry.timestamp().isAfter(oldest))
			.max(Comparator.comparingLong((entry) -> entry.name().maxTxid()));
	}

	private static long newestBatch(Collection<LogEntry> log) {
		return log.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
			.mapToLong((entry) -> entry.name().maxTxid())
			.max()
			.orElse(0);
	}

	/**
	 * What old enough files of the levels hold: by the first transaction of a file, how
	 * far it or one that begins earlier goes.
	 */
	private static final class Coverage {

		private final TreeMap<Long, Long> levels = new TreeMap<>();

		private final Set<Long> snapshots = new HashSet<>();

		Coverage(Collection<LogEntry> log, Instant until) {
			for (LogEntry entry : log) {
				LtxName name = entry.name();
				if (entry.timestamp().isAfter(until)) {
					continue;
				}
				if (name.level() == LtxName.LEVEL_SNAPSHOT) {
					this.snapshots.add(name.maxTxid());
				}
				else if (name.level() != LtxName.LEVEL_BATCH) {
					this.levels.merge(name.minTxid(), name.maxTxid(), Math::max);
				}
			}
			long furthest = 0;
			for (Map.Entry<Long, Long> level : this.levels.entrySet()) {
				furthest = Math.max(furthest, level.getValue());
				level.setValue(furthest);
			}
		}

		/**
		 * A file with the whole database is not compacted; it is the base of what
		 * follows, unless a snapshot is the same.
		 */
		boolean holds(LtxName name) {
			if (name.minTxid() == 1) {
				return this.snapshots.contains(name.maxTxid());
			}
			Map.Entry<Long, Long> level = this.levels.floorEntry(name.minTxid());
			return level != null && level.getValue() >= name.maxTxid();
		}

	}

}
