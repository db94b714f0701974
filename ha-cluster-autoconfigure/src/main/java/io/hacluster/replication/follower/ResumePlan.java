package io.hacluster.replication.follower;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * The cheapest way from a transaction to the end of the log, by whatever levels: the one
 * with the fewest bytes, and of those the one with the fewest files. A file may begin
 * before the place where the replica stands (Litestream #1460 did not see those), since
 * it holds each page as it is at its end.
 *
 * @param files the files in the order to apply
 * @param reached where they lead
 * @param end the last transaction in the log
 */
record ResumePlan(List<LogEntry> files, long reached, long end) {

	/**
	 * Plans.
	 * @param listing the files of the log
	 * @param after the transaction at which the replica stands
	 * @return the way, which leads as far as it can where files are missing
	 */
	static ResumePlan of(Collection<LogEntry> listing, long after) {
		List<LogEntry> candidates = listing.stream()
			.filter((entry) -> entry.name().maxTxid() > after)
			.sorted(Comparator.comparing((LogEntry entry) -> entry.name().maxTxid()))
			.toList();
		TreeMap<Long, Way> ways = new TreeMap<>(Map.of(after, Way.START));
		long end = after;
		for (LogEntry entry : candidates) {
			LtxName name = entry.name();
			// What leads here ends before, so that all ways to there are known by now
			ways.subMap(Math.max(after, name.minTxid() - 1), true, name.maxTxid(), false)
				.values()
				.stream()
				.min(Way.CHEAPEST)
				.ifPresent((way) -> ways.merge(name.maxTxid(), way.plus(entry), Way::cheaper));
			end = name.maxTxid();
		}
		Map.Entry<Long, Way> last = Objects.requireNonNull(ways.lastEntry());
		return new ResumePlan(last.getValue().files(), last.getKey(), end);
	}

	/**
	 * Returns whether the way leads to the end of the log.
	 * @return whether it does
	 */
	boolean isComplete() {
		return this.reached == this.end;
	}

	/**
	 * Returns the part of the way that a tail does not deliver: up to the last file that
	 * is no batch.
	 * @return the first files of the plan, none if it holds batches only
	 */
	ResumePlan withoutLastBatches() {
		int count = this.files.size();
		while (count > 0 && this.files.get(count - 1).name().level() == LtxName.LEVEL_BATCH) {
			count--;
		}
		List<LogEntry> first = this.files.subList(0, count);
		return new ResumePlan(first, first.isEmpty() ? this.reached : first.get(count - 1).name().maxTxid(), this.end);
	}

	/**
	 * A way to a transaction.
	 *
	 * @param bytes the size of all its files
	 * @param count their number
	 * @param last the last file, null for none
	 * @param before the way to there
	 */
	private record Way(long bytes, int count, @Nullable LogEntry last, @Nullable Way before) {

		static final Way START = new Way(0, 0, null, null);

		static final Comparator<Way> CHEAPEST = Comparator.comparingLong(Way::bytes).thenComparingInt(Way::count);

		Way plus(LogEntry entry) {
			return new Way(this.bytes + entry.size(), this.count + 1, entry, this);
		}

		static Way cheaper(Way one, Way other) {
			return (CHEAPEST.compare(one, other) <= 0) ? one : other;
		}

		List<LogEntry> files() {
			Deque<LogEntry> files = new ArrayDeque<>();
			Way way = this;
			while (way != null && way.last != null) {
				files.addFirst(way.last);
				way = way.before;
			}
			return List.copyOf(files);
		}

	}

}
