package io.hacluster.replication.level;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.ltx.RestorePlan;

/**
 * Makes a snapshot from the last one and what has been logged since.
 */
final class SnapshotMerge {

	private final Merger merger;

	private final LogPublisher publisher;

	private final LogCatalog catalog;

	private final LevelCounters counters;

	private final Ticker ticker;

	SnapshotMerge(Merger merger, LogPublisher publisher, LogCatalog catalog, LevelCounters counters, Ticker ticker) {
		this.merger = merger;
		this.publisher = publisher;
		this.catalog = catalog;
		this.counters = counters;
		this.ticker = ticker;
	}

	Optional<LogEntry> last(LogWriter writer) {
		return this.catalog.sound(writer)
			.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_SNAPSHOT)
			.max(Comparator.comparingLong((entry) -> entry.name().maxTxid()));
	}

	/**
	 * Returns the last transaction of the log.
	 */
	long end(LogWriter writer) {
		return this.catalog.sound(writer).stream().mapToLong((entry) -> entry.name().maxTxid()).max().orElse(0);
	}

	/**
	 * Makes a snapshot.
	 * @param maxBytes what it may cost: bytes to read
	 * @return the snapshot; empty if it would cost more, if there is nothing to merge, or
	 * if the log does not have it
	 */
	Optional<LogEntry> merge(LogWriter writer, long maxBytes) throws InterruptedException {
		long start = this.ticker.nanoTime();
		List<LogEntry> inputs = inputs(this.catalog.sound(writer));
		if (inputs.size() < 2 || inputs.stream().mapToLong(LogEntry::size).sum() > maxBytes) {
			return Optional.empty();
		}
		Optional<StagedFile> merged = this.merger.merge(inputs);
		if (merged.isEmpty()) {
			return Optional.empty();
		}
		StagedFile file = merged.get();
		if (file.header().maxTxid() != inputs.get(inputs.size() - 1).name().maxTxid()) {
			file.close();
			return Optional.empty();
		}
		LogEntry entry = this.publisher.publish(writer, LtxName.snapshot(file.header().maxTxid()),
				Instant.ofEpochMilli(file.header().timestamp()), file, file::close);
		this.counters.snapshot(entry.size(), this.ticker.nanoTime() - start);
		return Optional.of(entry);
	}

	private static List<LogEntry> inputs(Collection<LogEntry> log) {
		Map<LtxName, LogEntry> entries = log.stream()
			.collect(Collectors.toMap(LogEntry::name, Function.identity(), (first, second) -> second));
		try {
			return RestorePlan.restore(entries.keySet(), RestorePlan.LATEST)
				.stream()
				.map((name) -> Objects.requireNonNull(entries.get(name)))
				.toList();
		}
		catch (MissingTransactionsException ex) {
			return List.of();
		}
	}

}
