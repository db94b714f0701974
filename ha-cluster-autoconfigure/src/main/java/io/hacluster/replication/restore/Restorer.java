package io.hacluster.replication.restore;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;

/**
 * Restores a database from the log into a file: the latest state, or one from before.
 * <p>
 * The file is written under the name {@code <target>.restoring} beside the target; every
 * file of the log is verified by its checksums; and only when all of it is good, and
 * durable, does it get its name. A failure or an interruption leaves nothing behind;
 * after a crash of the process the file with that name is left, which the next restore of
 * the same target takes over. Memory does not grow with the database. Thread-safe.
 */
public final class Restorer {

	private final ReplicaStore store;

	private final NodeIdentity node;

	/**
	 * Creates a restorer. It only ever reads from the log.
	 * @param store the log; stays the caller's to close
	 * @param node this process, for log lines and thread names
	 */
	public Restorer(ReplicaStore store, NodeIdentity node) {
		this.store = store;
		this.node = node;
	}

	/**
	 * Restores. May be interrupted; the interrupt status stays set then.
	 * @param request what, and where to
	 * @param listener told how it goes on
	 * @return what has been restored
	 * @throws RestoreException if that is not possible, saying why
	 * @throws io.hacluster.StoreUnavailableException if the store does not answer in time
	 */
	public RestoreResult restore(RestoreRequest request, RestoreListener listener) {
		try (RestoreTarget target = RestoreTarget.open(request.target(), request.overwrite())) {
			try {
				LogRestore.Built built = new LogRestore(this.store, this.node, listener).run(
						(listing, damaged) -> new RestorePlanner(listing, damaged).plan(request.point()),
						target.channel());
				IntegrityCheck.run(target.file(), request.check());
				target.publish();
				return result(built);
			}
			catch (TargetException ex) {
				throw target.failure(ex);
			}
		}
		catch (InterruptedIOException ex) {
			throw new RestoreException("The restore was interrupted", ex);
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	private static RestoreResult result(LogRestore.Built built) {
		List<LogEntry> plan = built.plan();
		LogEntry last = plan.get(plan.size() - 1);
		return new RestoreResult(last.name().maxTxid(), last.timestamp(), plan.size(),
				plan.stream().mapToLong(LogEntry::size).sum(), built.size());
	}

	static HaClusterException failure(IOException ex) {
		return (ex.getCause() instanceof HaClusterException known) ? known
				: new RestoreException("The log cannot be read: " + ex.getMessage(), ex);
	}

}
