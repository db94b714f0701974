package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.ltx.RestorePlan;
import io.hacluster.replication.restore.LogRestore;
import io.hacluster.replication.restore.RestoreListener;

/**
 * Builds a replica from what a listing of the log shows. What turns out to be unsound is
 * left out and another way looked for; what has been retired since the listing
 * (Litestream #1270) makes for a new listing. Stateless.
 */
public final class RestoreSource {

	/** Where the database header tells of WAL mode: write and read version. */
	private static final int VERSIONS_OFFSET = 18;

	private static final byte WAL_VERSION = 2;

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
		if (this.store.list().isEmpty()) {
			return Optional.empty();
		}
		boolean complete = false;
		try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE,
				StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			LogRestore.Built built = new LogRestore(this.store, this.node, RestoreListener.NONE)
				.run((listing, unsound) -> planRestore(listing, txid, unsound), channel);
			putInWalMode(channel);
			complete = true;
			long last = built.plan().get(built.plan().size() - 1).name().maxTxid();
			return Optional.of(new Restored(last, tailOffset(built.listing(), last)));
		}
		finally {
			if (!complete) {
				Files.deleteIfExists(target);
			}
		}
	}

	private static void putInWalMode(FileChannel channel) throws IOException {
		if (channel.size() > 0) {
			channel.write(ByteBuffer.wrap(new byte[] { WAL_VERSION, WAL_VERSION }), VERSIONS_OFFSET);
			channel.force(true);
		}
	}

	private static Map<LtxName, LogEntry> sound(List<LogEntry> listing, Set<LtxName> unsound) {
		return listing.stream()
			.filter((entry) -> !unsound.contains(entry.name()))
			.collect(Collectors.toMap(LogEntry::name, Function.identity(), (first, second) -> second));
	}

	/**
	 * With a hole in the log, what comes before it is better than nothing.
	 */
	private static List<LogEntry> planRestore(List<LogEntry> listing, long txid, Set<LtxName> unsound) {
		Map<LtxName, LogEntry> entries = sound(listing, unsound);
		return planRestore(entries.keySet(), txid, unsound).stream().map((name) -> entry(entries, name)).toList();
	}

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
