package io.hacluster.replication.follower;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.ltx.RestorePlan;

/**
 * Looks for the transaction in the log at which a former leader's database stands.
 */
final class RejoinEvidence {

	private static final Logger logger = LoggerFactory.getLogger(RejoinEvidence.class);

	private static final int MAX_HEADERS = 64;

	private final ReplicaStore store;

	private final NodeIdentity node;

	RejoinEvidence(ReplicaStore store, NodeIdentity node) {
		this.store = store;
		this.node = node;
	}

	/**
	 * Finds the transaction that a database ends with. Either its level-0 file was made
	 * from the write-ahead log that is still there, and ends where that ends; or the
	 * database looks as it did when its position was written.
	 * @param position what is known of the database
	 * @param now how it looks
	 * @param entries a listing
	 * @param overtakenBy the fence of another leader since, null if there is none
	 * @return where the database stands, empty if it is not certain
	 * @throws IOException if the log cannot be read
	 */
	Optional<Level> findLevel(ReplicaPosition position, ReplicaStamp now, List<LogEntry> entries,
			@Nullable Fence overtakenBy) throws IOException {
		ReplicaStamp before = position.stamp();
		if (before != null && before.hasContentOf(now)) {
			boolean reached = entries.stream().anyMatch((entry) -> entry.name().maxTxid() >= position.txid());
			return reached ? Optional.of(level(entries, position.txid())) : Optional.empty();
		}
		return now.hasLog() ? findByLog(position, now, entries, overtakenBy) : Optional.empty();
	}

	/**
	 * Nearest first: the last file before the fence is the most likely one.
	 */
	private Optional<Level> findByLog(ReplicaPosition position, ReplicaStamp now, List<LogEntry> entries,
			@Nullable Fence overtakenBy) throws IOException {
		List<LogEntry> candidates = entries.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
			.filter((entry) -> entry.name().maxTxid() >= position.txid())
			.sorted(Comparator.comparing((LogEntry entry) -> isAfter(entry, overtakenBy))
				.thenComparing(Comparator.comparing((LogEntry entry) -> entry.name().maxTxid()).reversed()))
			.limit(MAX_HEADERS)
			.toList();
		for (LogEntry entry : candidates) {
			if (endsWith(entry, now)) {
				return Optional.of(level(entries, entry.name().maxTxid()));
			}
		}
		return Optional.empty();
	}

	/**
	 * Compares a database whose write-ahead log is gone, as after a backend that closed
	 * it properly while this process was dead already, with what the log held of its last
	 * term. Reads both whole, but copies neither.
	 * @param database the database, which nobody has open
	 * @param entries a listing
	 * @param position what is known of the database
	 * @return where the database stands, empty if it is another
	 * @throws IOException if one of the two cannot be read
	 */
	Optional<Level> compare(Path database, List<LogEntry> entries, ReplicaPosition position) throws IOException {
		long last = lastOf(this.store, entries, position);
		if (last == 0) {
			return Optional.empty();
		}
		Map<LtxName, LogEntry> byName = new HashMap<>();
		entries.forEach((entry) -> byName.put(entry.name(), entry));
		try {
			List<LogEntry> plan = RestorePlan.restore(byName.keySet(), last)
				.stream()
				.map((name) -> Objects.requireNonNull(byName.get(name)))
				.toList();
			return LogComparison.isSame(this.store, plan, database) ? Optional.of(level(entries, last))
					: Optional.empty();
		}
		catch (MissingTransactionsException | LtxFormatException | DamagedFileException ex) {
			logger.info("[{}] {} cannot be compared with the log: {}", this.node, database, ex.getMessage());
			return Optional.empty();
		}
	}

	/**
	 * Finds the last transaction in the log that a former leader shipped in its last
	 * term, of which each file bears the epoch. The epochs of the files do not fall, so
	 * that a few headers will do.
	 * @param store the log
	 * @param entries a listing
	 * @param position what is known of the former leader's database
	 * @return the transaction; that of the position if there is none after it, or none
	 * that bears the epoch
	 * @throws IOException if the log cannot be read
	 */
	static long lastOf(ReplicaStore store, List<LogEntry> entries, ReplicaPosition position) throws IOException {
		List<LogEntry> later = entries.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
			.filter((entry) -> entry.name().maxTxid() > position.txid())
			.sorted(Comparator.comparing((LogEntry entry) -> entry.name().maxTxid()))
			.toList();
		long last = position.txid();
		int low = 0;
		int high = later.size() - 1;
		while (low <= high) {
			int middle = (low + high) >>> 1;
			LogEntry entry = later.get(middle);
			if (isOf(store, entry, position.epoch())) {
				last = entry.name().maxTxid();
				low = middle + 1;
			}
			else {
				high = middle - 1;
			}
		}
		return last;
	}

	private static boolean isOf(ReplicaStore store, LogEntry entry, Epoch epoch) throws IOException {
		try (LtxReader reader = new LtxReader(store.open(entry))) {
			return reader.header().nodeId() == epoch.value();
		}
		catch (FileNotFoundException | LtxFormatException | DamagedFileException ex) {
			return false;
		}
	}

	private static Level level(List<LogEntry> entries, long txid) {
		return new Level(txid, RestoreSource.tailOffset(entries, txid));
	}

	private static boolean isAfter(LogEntry entry, @Nullable Fence fence) {
		return fence != null && entry.offset().compareTo(fence.offset()) > 0;
	}

	private boolean endsWith(LogEntry entry, ReplicaStamp stamp) throws IOException {
		try (LtxReader reader = new LtxReader(this.store.open(entry))) {
			LtxHeader header = reader.header();
			return header.walSalt1() == stamp.salt1() && header.walSalt2() == stamp.salt2()
					&& header.walOffset() + header.walSize() == stamp.end();
		}
		catch (FileNotFoundException | LtxFormatException | DamagedFileException ex) {
			return false;
		}
	}

	/**
	 * Where a database stands that holds nothing which the log lacks.
	 *
	 * @param txid its last transaction
	 * @param offset from where to follow
	 */
	record Level(long txid, LogOffset offset) {
	}

}
