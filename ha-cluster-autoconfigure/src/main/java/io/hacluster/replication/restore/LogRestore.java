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
import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxName;

/**
 * Brings a file to a state of the database: lists, plans, fetches, verifies and writes. A
 * file of the log that has been retired since it was listed makes for a new plan
 * (Litestream #1270, #1307), and so does one that is damaged, if there is a way around
 * it. Not thread-safe.
 */
public final class LogRestore {

	private static final Logger logger = LoggerFactory.getLogger(LogRestore.class);

	private static final int MAX_ATTEMPTS = 20;

	private final ReplicaStore store;

	private final NodeIdentity node;

	private final RestoreListener listener;

	private final Set<LtxName> damaged = new HashSet<>();

	/**
	 * Creates a restore.
	 * @param store the log
	 * @param node this process, for log lines and thread names
	 * @param listener told how it goes on
	 */
	public LogRestore(ReplicaStore store, NodeIdentity node, RestoreListener listener) {
		this.store = store;
		this.node = node;
		this.listener = listener;
	}

	/**
	 * Writes the database.
	 * @param planner chooses the files
	 * @param channel the file that becomes the database, which nobody has open
	 * @return what has been read and written; the file is durable
	 * @throws RestoreException if the log changes too fast
	 * @throws TargetException if the file cannot be written
	 * @throws IOException if the log cannot be read
	 */
	public Built run(Planner planner, FileChannel channel) throws IOException {
		for (int i = 0; i < MAX_ATTEMPTS; i++) {
			List<LogEntry> listing = this.store.list();
			List<LogEntry> plan = planner.plan(listing, this.damaged);
			this.listener.planned(plan.size(), plan.stream().mapToLong(LogEntry::size).sum());
			DatabaseBuilder builder = new DatabaseBuilder(channel);
			if (build(builder, plan)) {
				this.listener.finishing();
				builder.finish();
				return new Built(plan, listing, builder.size());
			}
		}
		throw new RestoreException("The log changes faster than it can be read: " + MAX_ATTEMPTS
				+ " times files were retired before they could be read. Try again");
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
				catch (LtxFormatException | DamagedFileException ex) {
					logger.debug("[{}] {} in the log is damaged: {}", this.node, entry.name(), ex.getMessage());
					this.damaged.add(entry.name());
					this.listener.damaged(entry.name() + ": " + ex.getMessage());
					return false;
				}
			}
			return true;
		}
	}

	/**
	 * Chooses the files of a restore.
	 */
	@FunctionalInterface
	public interface Planner {

		/**
		 * Chooses.
		 * @param listing what the log holds
		 * @param damaged files in it that are not to be used
		 * @return the files in the order to apply, the first one a snapshot
		 */
		List<LogEntry> plan(List<LogEntry> listing, Set<LtxName> damaged);

	}

	/**
	 * A database that has been written.
	 *
	 * @param plan the files that were read
	 * @param listing what the log held
	 * @param size bytes of the database
	 */
	public record Built(List<LogEntry> plan, List<LogEntry> listing, long size) {
	}

}
