package io.hacluster.replication.level;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * What is to be done next to a level: which files of the level below go into one of its
 * own, or which transactions are missing there. A level begins where the last file of it
 * ends, so that no transaction gets into it twice. What begins with transaction 1 holds
 * the whole database and stays a snapshot; it is not written again for each level
 * (Litestream #1510).
 *
 * @param inputs the files, from the oldest to the newest; empty if there is nothing to do
 * @param missingFrom the first transaction that the level below lacks and no snapshot
 * holds, 0 if there is none; nothing of the level can be added before there is such a
 * snapshot
 * @param missingTo the last such transaction
 */
record CompactionPlan(List<LogEntry> inputs, long missingFrom, long missingTo) {

	private static final CompactionPlan NOTHING = new CompactionPlan(List.of(), 0, 0);

	/**
	 * How much goes into one file at most, unless a single input is larger.
	 */
	private static final long MAX_BYTES = 256L << 20;

	private static final int MAX_FILES = 8192;

	/**
	 * Plans.
	 * @param log the sound files of the log
	 * @param level the level to add to, from 1 on
	 * @param boundary a time up to which everything has to be in the level; if it is,
	 * there is nothing to do
	 * @return the plan
	 */
	static CompactionPlan of(Collection<LogEntry> log, int level, Instant boundary) {
		long position = last(log, level);
		List<LogEntry> sources = log.stream()
			.filter((entry) -> entry.name().level() == level - 1 && entry.name().minTxid() > 1)
			.filter((entry) -> entry.name().maxTxid() > position)
			.sorted(Comparator.comparing(LogEntry::name))
			.toList();
		if (sources.stream().noneMatch((entry) -> entry.timestamp().isBefore(boundary))) {
			return NOTHING;
		}
		long first = sources.get(0).name().minTxid();
		if (first > position + 1 && whole(log) < first - 1) {
			return new CompactionPlan(List.of(), Math.max(position, whole(log)) + 1, first - 1);
		}
		return new CompactionPlan(run(sources, Math.max(position, first - 1)), 0, 0);
	}

	private static long last(Collection<LogEntry> log, int level) {
		return log.stream()
			.map(LogEntry::name)
			.filter((name) -> name.level() == level)
			.mapToLong(LtxName::maxTxid)
			.max()
			.orElse(0);
	}

	/**
	 * Returns the last transaction that a file with the whole database holds.
	 */
	private static long whole(Collection<LogEntry> log) {
		return log.stream()
			.map(LogEntry::name)
			.filter((name) -> name.minTxid() == 1)
			.mapToLong(LtxName::maxTxid)
			.max()
			.orElse(0);
	}

	/**
	 * Takes the files that follow one another without a hole: of those that connect the
	 * one that goes furthest.
	 */
	private static List<LogEntry> run(List<LogEntry> sources, long after) {
		List<LogEntry> run = new ArrayList<>();
		long current = after;
		long bytes = 0;
		int next = 0;
		while (run.size() < MAX_FILES) {
			LogEntry best = null;
			while (next < sources.size() && sources.get(next).name().minTxid() <= current + 1) {
				LogEntry candidate = sources.get(next++);
				best = (best == null || candidate.name().maxTxid() > best.name().maxTxid()) ? candidate : best;
			}
			if (best == null || (!run.isEmpty() && bytes + best.size() > MAX_BYTES)) {
				break;
			}
			if (best.name().maxTxid() > current) {
				run.add(best);
				bytes += best.size();
				current = best.name().maxTxid();
			}
		}
		return List.copyOf(run);
	}

}
