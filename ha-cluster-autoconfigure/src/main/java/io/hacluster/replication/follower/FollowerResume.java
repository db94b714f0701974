package io.hacluster.replication.follower;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxName;

/**
 * Brings a replica on by what a listing of the log shows, instead of what a tail
 * delivers: where that is cheaper, and where the tail does not lead on. Readers see each
 * file as one transaction. What turns out to be unsound is left out and another way
 * looked for; what has been retired or compacted since the listing (Litestream #1270 and
 * #1307) makes for a new listing, from where the replica stands by then.
 */
final class FollowerResume {

	private static final Logger logger = LoggerFactory.getLogger(FollowerResume.class);

	private static final int MAX_ATTEMPTS = 20;

	private final FollowerContext context;

	private final FollowerReplica replica;

	private final Set<LtxName> unsound = new HashSet<>();

	FollowerResume(FollowerContext context, FollowerReplica replica) {
		this.context = context;
		this.replica = replica;
	}

	/**
	 * Takes what is not to be had from a tail, or only for more bytes: the rest is left
	 * to a tail from where the replica stands then. Where files are missing, nothing is
	 * done.
	 * @throws IOException if the log cannot be read, or the replica not be written
	 */
	void join() throws IOException {
		go(true);
	}

	/**
	 * Takes all that leads on.
	 * @param obstacle what the tail has found to be unsound, null for something else
	 * @return whether there was anything
	 * @throws HaClusterException if nothing leads on although the log does
	 * @throws IOException if the log cannot be read, or the replica not be written
	 */
	boolean circumvent(@Nullable LtxName obstacle) throws IOException {
		if (obstacle != null) {
			this.unsound.add(obstacle);
		}
		return go(false);
	}

	private boolean go(boolean joining) throws IOException {
		int applied = 0;
		for (int i = 0; i < MAX_ATTEMPTS && !this.context.isStopping(); i++) {
			List<LogEntry> listing = this.context.store().list();
			ResumePlan plan = plan(listing, joining);
			if (!joining && plan.files().isEmpty()) {
				this.replica.apply(() -> null);
			}
			int done = apply(plan);
			applied += done;
			if (done == plan.files().size()) {
				if (!joining || applied > 0) {
					this.replica.reached(RestoreSource.tailOffset(listing, this.replica.position().txid()));
				}
				if (applied > 0) {
					logger.info("[{}] Went on with {} files of the log, to transaction {}", this.context.node(),
							applied, this.replica.position().txid());
				}
				return applied > 0;
			}
		}
		if (this.context.isStopping()) {
			return applied > 0;
		}
		throw new HaClusterException("The log changes faster than it can be read");
	}

	private ResumePlan plan(List<LogEntry> listing, boolean joining) {
		long after = this.replica.position().txid();
		List<LogEntry> sound = listing.stream().filter((entry) -> !this.unsound.contains(entry.name())).toList();
		ResumePlan plan = ResumePlan.of(sound, after);
		long end = listing.stream().mapToLong((entry) -> entry.name().maxTxid()).max().orElse(0);
		this.context.progress().known(end);
		boolean enough = plan.isComplete() || (this.replica.isExact() && plan.reached() > after);
		if (!enough && joining) {
			return new ResumePlan(List.of(), after, end);
		}
		if (!enough) {
			throw new HaClusterException("No LTX file continues after transaction " + plan.reached()
					+ " on the way to the latest" + (this.unsound.isEmpty() ? "" : "; not sound are " + this.unsound));
		}
		ResumePlan first = joining ? plan.withoutLastBatches() : plan;
		// After a crash only the end is surely a state that the replica may show
		return (this.replica.isExact() || first.files().isEmpty()) ? first : plan;
	}

	/**
	 * Applies files until one is not there any more, or not sound.
	 * @return how many
	 */
	private int apply(ResumePlan plan) throws IOException {
		Iterator<LogEntry> entries = plan.files().iterator();
		int count = 0;
		try {
			if (!this.replica.isExact() && entries.hasNext()) {
				this.replica.apply(() -> entries.hasNext() ? fetch(entries.next()) : null);
				count = plan.files().size();
				applied(plan.files());
			}
			while (entries.hasNext() && !this.context.isStopping()) {
				LogEntry entry = entries.next();
				apply(fetch(entry));
				count++;
				applied(List.of(entry));
			}
		}
		catch (FileNotFoundException ex) {
			logger.debug("[{}] Planning again: {}", this.context.node(), ex.getMessage());
		}
		catch (LtxFormatException | DamagedFileException ex) {
			logger.debug("[{}] Planning again", this.context.node(), ex);
		}
		return count;
	}

	private void apply(FollowerFile file) throws IOException {
		Iterator<FollowerFile> one = List.of(file).iterator();
		try {
			this.replica.apply(() -> one.hasNext() ? one.next() : null);
		}
		finally {
			file.discard();
		}
	}

	private void applied(List<LogEntry> entries) {
		entries.forEach((entry) -> this.context.counters().applied(entry));
		ReplicaPosition position = this.replica.position();
		this.context.progress().applied(position.txid(), position.offset());
	}

	private FollowerFile fetch(LogEntry entry) throws IOException {
		try {
			return FollowerFile.receive(entry, new StoredFile(this.context.store(), entry),
					this.context.files().staging());
		}
		catch (LtxFormatException | DamagedFileException ex) {
			this.unsound.add(entry.name());
			throw ex;
		}
	}

	private record StoredFile(ReplicaStore store, LogEntry entry) implements ByteSource {

		@Override
		public long size() {
			return this.entry.size();
		}

		@Override
		public InputStream openStream() throws IOException {
			return this.store.open(this.entry);
		}

	}

}
