package io.hacluster.replication.follower;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.ltx.RestorePlan;

/**
 * Reads from the log what a listing shows, instead of what a tail delivers: to build a
 * database file, or to get over a gap. What turns out to be unsound is left out and
 * another way looked for; what has been retired since the listing (Litestream #1270)
 * makes for a new listing. Stateless.
 */
public final class RestoreSource {

	private static final Logger logger = LoggerFactory.getLogger(RestoreSource.class);

	private static final int MAX_ATTEMPTS = 20;

	private final ReplicaStore store;

	private final NodeIdentity node;

	public RestoreSource(ReplicaStore store, NodeIdentity node) {
		this.store = store;
		this.node = node;
	}

	/**
	 * Builds a database file.
	 * @param target the file
	 * @param txid the transaction to reach, or {@link RestorePlan#LATEST}
	 * @return where it stands, empty if the log is empty
	 * @throws HaClusterException if the log does not lead to a whole database
	 * @throws IOException if the log cannot be read, or the file not be written
	 */
	public Optional<Restored> restore(Path target, long txid) throws IOException {
		Set<LtxName> unsound = new HashSet<>();
		for (int i = 0; i < MAX_ATTEMPTS; i++) {
			Map<LtxName, LogEntry> entries = entries(unsound);
			if (entries.isEmpty() && unsound.isEmpty()) {
				return Optional.empty();
			}
			List<LtxName> plan = planRestore(entries.keySet(), txid, unsound);
			if (build(target, entries, plan, unsound)) {
				long last = plan.get(plan.size() - 1).maxTxid();
				return Optional.of(new Restored(last, tailOffset(entries, last)));
			}
		}
		throw new HaClusterException("The log changes faster than it can be restored");
	}

	private boolean build(Path target, Map<LtxName, LogEntry> entries, List<LtxName> plan, Set<LtxName> unsound)
			throws IOException {
		RestoreBuilder builder = new RestoreBuilder(target);
		try (builder) {
			for (LtxName name : plan) {
				if (!apply(builder, entry(entries, name), unsound)) {
					builder.abandon();
					return false;
				}
			}
			builder.finish();
			return true;
		}
		catch (IOException | RuntimeException ex) {
			builder.abandon();
			throw ex;
		}
	}

	private boolean apply(RestoreBuilder builder, LogEntry entry, Set<LtxName> unsound) throws IOException {
		try {
			builder.apply(this.store.open(entry));
			return true;
		}
		catch (FileNotFoundException ex) {
			return false;
		}
		catch (LtxFormatException ex) {
			exclude(entry, unsound, ex);
			return false;
		}
	}

	private void exclude(LogEntry entry, Set<LtxName> unsound, LtxFormatException cause) {
		logger.debug("[{}] {} in the log is not sound and is left out: {}", this.node, entry.name(),
				cause.getMessage());
		unsound.add(entry.name());
	}

	private Map<LtxName, LogEntry> entries(Set<LtxName> unsound) {
		return this.store.list()
			.stream()
			.filter((entry) -> !unsound.contains(entry.name()))
			.collect(Collectors.toMap(LogEntry::name, Function.identity(), (first, second) -> second));
	}

	/**
	 * With a hole in the log, what comes before it is better than nothing.
	 */
	private static List<LtxName> planRestore(Set<LtxName> names, long txid, Set<LtxName> unsound) {
		try {
			return nonEmpty(RestorePlan.restore(names, txid), unsound);
		}
		catch (MissingTransactionsException ex) {
			if (ex.reached() == 0 || txid != RestorePlan.LATEST) {
				throw incomplete(ex, unsound);
			}
			return RestorePlan.restore(names, ex.reached());
		}
	}

	private static List<LtxName> nonEmpty(List<LtxName> plan, Set<LtxName> unsound) {
		if (plan.isEmpty()) {
			throw new HaClusterException("The log holds no sound file, left out are " + unsound);
		}
		return plan;
	}

	private static HaClusterException incomplete(MissingTransactionsException cause, Set<LtxName> unsound) {
		return unsound.isEmpty() ? cause
				: new HaClusterException(cause.getMessage() + "; not sound are " + unsound, cause);
	}

	private static LogEntry entry(Map<LtxName, LogEntry> entries, LtxName name) {
		return Objects.requireNonNull(entries.get(name));
	}

	private static LogOffset tailOffset(Map<LtxName, LogEntry> entries, long txid) {
		return tailOffset(entries.values(), txid);
	}

	/**
	 * Finds the place in the log from which a tail delivers all that comes after a
	 * transaction.
	 * @param entries a listing
	 * @param txid the transaction
	 * @return the place of the transaction's own batch; without that, the place before
	 * the next batch; without that, the last place of the listing
	 */
	public static LogOffset tailOffset(Collection<LogEntry> entries, long txid) {
		long end = 0;
		long next = Long.MAX_VALUE;
		for (LogEntry entry : entries) {
			LtxName name = entry.name();
			boolean batch = name.level() == LtxName.LEVEL_BATCH;
			if (batch && name.maxTxid() == txid) {
				return entry.offset();
			}
			if (batch && name.maxTxid() > txid) {
				next = Math.min(next, entry.offset().value() - 1);
			}
			end = Math.max(end, entry.offset().value());
		}
		return new LogOffset((next != Long.MAX_VALUE) ? Math.max(0, next) : end);
	}

	/**
	 * Where a restored database stands.
	 *
	 * @param txid its last transaction
	 * @param offset from where to follow
	 */
	public record Restored(long txid, LogOffset offset) {
	}

}
