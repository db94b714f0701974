package io.hacluster.replication.restore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxName;

/**
 * Brings a file to a state of the database: lists, plans, fetches, verifies and writes. A
 * file of the log that has been retired since it was listed makes for a new plan
 * (Litestream #1270, #1307), and so does one that is damaged, if there is a way around
 * it.
 */
final class LogRestore {

	private static final Logger logger = LoggerFactory.getLogger(LogRestore.class);

	private static final int MAX_ATTEMPTS = 20;

	private final ReplicaStore store;

	private final NodeIdentity node;

	private final RestoreListener listener;

	private final Set<LtxName> damaged = new HashSet<>();

	LogRestore(ReplicaStore store, NodeIdentity node, RestoreListener listener) {
		this.store = store;
		this.node = node;
		this.listener = listener;
	}

	/**
	 * Writes the database.
	 * @param point the state to reach
	 * @param channel the file
	 * @return what has been read and written; the file is durable
	 * @throws RestoreException if the state cannot be reached
	 * @throws DatabaseBuilder.TargetException if the file cannot be written
	 * @throws IOException if the log cannot be read
	 */
	RestoreResult run(RestorePoint point, FileChannel channel) throws IOException {
		for (int i = 0; i < MAX_ATTEMPTS; i++) {
			List<LogEntry> plan = new RestorePlanner(this.store.list(), this.damaged).plan(point);
			long bytes = plan.stream().mapToLong(LogEntry::size).sum();
			this.listener.planned(plan.size(), bytes);
			DatabaseBuilder builder = new DatabaseBuilder(channel);
			if (build(builder, plan)) {
				this.listener.finishing();
				builder.finish();
				return new RestoreResult(builder.txid(), plan.get(plan.size() - 1).timestamp(), plan.size(), bytes,
						builder.size());
			}
		}
		throw new RestoreException("The log changes faster than it can be read: its files were retired " + MAX_ATTEMPTS
				+ " times before they could be read. Try again");
	}

	private boolean build(DatabaseBuilder builder, List<LogEntry> plan) throws IOException {
		try (Prefetch files = new Prefetch(this.store, plan, this.node)) {
			for (LogEntry entry : plan) {
				try (InputStream in = new ObservedStream(files.next(), this.listener)) {
					builder.apply(entry.name(), in);
					this.listener.fileDone();
				}
				catch (FileNotFoundException ex) {
					logger.debug("[{}] {} has been retired meanwhile", this.node, entry.name());
					return false;
				}
				catch (LtxFormatException ex) {
					this.damaged.add(entry.name());
					this.listener.damaged(entry.name() + " is damaged: " + ex.getMessage());
					return false;
				}
			}
			return true;
		}
	}

}
