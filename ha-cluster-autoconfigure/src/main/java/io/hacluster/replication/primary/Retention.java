package io.hacluster.replication.primary;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * Decides which files of a log are superfluous. The newest snapshot that is older than
 * the retention is the base: from it every transaction within the retention can be
 * restored. What it covers is superfluous, older snapshots and batches alike; except the
 * newest level-0 file, from which the position of the log is read.
 */
final class Retention {

	private final Duration retention;

	private final Clock clock;

	/**
	 * Creates a retention.
	 * @param retention how long to keep
	 * @param clock the wall clock
	 */
	Retention(Duration retention, Clock clock) {
		this.retention = retention;
		this.clock = clock;
	}

	/**
	 * Decides.
	 * @param entries what the log holds
	 * @return what is superfluous, in the order in which to retire it
	 */
	List<LogEntry> superfluous(List<LogEntry> entries) {
		Instant oldest = this.clock.instant().minus(this.retention);
		Optional<LogEntry> base = entries.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_SNAPSHOT)
			.filter((entry) -> !entry.timestamp().isAfter(oldest))
			.max(Comparator.comparingLong((entry) -> entry.name().maxTxid()));
		if (base.isEmpty()) {
			return List.of();
		}
		long covered = base.get().name().maxTxid();
		long newest = entries.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
			.mapToLong((entry) -> entry.name().maxTxid())
			.max()
			.orElse(0);
		List<LogEntry> result = new ArrayList<>(entries.stream()
			.filter((entry) -> entry.name().maxTxid() <= covered && !entry.name().equals(base.get().name()))
			.filter((entry) -> entry.name().level() != LtxName.LEVEL_BATCH || entry.name().maxTxid() != newest)
			.toList());
		result.sort(Comparator.comparingInt((LogEntry entry) -> -entry.name().level()).thenComparing(LogEntry::name));
		return result;
	}

}
