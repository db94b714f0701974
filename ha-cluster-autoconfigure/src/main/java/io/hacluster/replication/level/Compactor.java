package io.hacluster.replication.level;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;

/**
 * Adds to a level what the level below has beyond it.
 */
final class Compactor {

	private static final Logger logger = LoggerFactory.getLogger(Compactor.class);

	private final NodeIdentity identity;

	private final Merger merger;

	private final LogPublisher publisher;

	private final LogCatalog catalog;

	private final LevelCounters counters;

	private final Ticker ticker;

	Compactor(NodeIdentity identity, Merger merger, LogPublisher publisher, LogCatalog catalog, LevelCounters counters,
			Ticker ticker) {
		this.identity = identity;
		this.merger = merger;
		this.publisher = publisher;
		this.catalog = catalog;
		this.counters = counters;
		this.ticker = ticker;
	}

	/**
	 * Adds files to a level until nothing is left from before a time.
	 * @return what is missing in the level below and in no snapshot
	 */
	Optional<String> compact(int level, Instant boundary, Supplier<LogWriter> writer, BooleanSupplier stop)
			throws InterruptedException {
		while (!stop.getAsBoolean()) {
			LogWriter open = writer.get();
			CompactionPlan plan = CompactionPlan.of(this.catalog.sound(open), level, boundary);
			if (plan.missingFrom() != 0) {
				return Optional.of("Transactions %d to %d are missing in level %d of the log"
					.formatted(plan.missingFrom(), plan.missingTo(), level - 1));
			}
			if (plan.inputs().isEmpty()) {
				break;
			}
			compact(level, plan.inputs(), open);
		}
		return Optional.empty();
	}

	private void compact(int level, List<LogEntry> inputs, LogWriter writer) throws InterruptedException {
		long start = this.ticker.nanoTime();
		Optional<StagedFile> merged = this.merger.merge(inputs);
		if (merged.isEmpty()) {
			return;
		}
		StagedFile file = merged.get();
		LtxHeader header = file.header();
		LtxName name = new LtxName(level, header.minTxid(), header.maxTxid());
		LogEntry entry = this.publisher.publish(writer, name, Instant.ofEpochMilli(header.timestamp()), file,
				file::close);
		this.counters.compaction(entry.size(), this.ticker.nanoTime() - start);
		logger.debug("[{}] Compacted {} files into {}, {} bytes", this.identity, inputs.size(), name, entry.size());
	}

}
