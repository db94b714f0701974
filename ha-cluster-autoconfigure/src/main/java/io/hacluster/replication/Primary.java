package io.hacluster.replication;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

import io.hacluster.FencedException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

/**
 * Ships what another process commits to a SQLite database to the log. The order of calls
 * is {@link #hold} (before the backend starts), {@link #awaitDatabase}, {@link #start},
 * {@link #stopLoop}, {@link #flush}, {@link #close}; {@link #status()} at any time.
 */
final class Primary implements AutoCloseable {

	/**
	 * Creates a primary that does nothing yet.
	 * @param settings how to capture, checkpoint and keep
	 * @param identity this process
	 * @param database the database file, which need not exist yet
	 * @param stateDirectory an existing directory for staging files
	 * @param store the log, for reading
	 * @param fence opens the log again under this leader's own epoch after a failure:
	 * {@code () -> store.fence(epoch, identity)}
	 * @param onFenced told once, on a thread of this class, when a newer leader has
	 * fenced the log; must not block
	 * @param clock for timestamps in the log
	 * @param ticker for everything else
	 */
	Primary(PrimarySettings settings, NodeIdentity identity, Path database, Path stateDirectory, ReplicaStore store,
			Supplier<LogWriter> fence, java.util.function.Consumer<FencedException> onFenced, Clock clock,
			Ticker ticker) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Takes hold of the database if it exists: from now on nobody can overwrite frames of
	 * the write-ahead log before they are shipped. To be called after the promotion
	 * rename and before the backend is started; with {@link PrimaryPosition#seed()} the
	 * database need not exist. May block for a few busy timeouts, does not use the store.
	 * @param position what is known
	 * @throws io.hacluster.HaClusterException if the database exists but cannot be used
	 */
	void hold(PrimaryPosition position) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Waits until the database exists and is in WAL mode, and takes hold of it.
	 * @param timeout how long
	 * @throws io.hacluster.HaClusterException if it does not appear in time or is not in
	 * WAL mode
	 * @throws InterruptedException if interrupted
	 */
	void awaitDatabase(Duration timeout) throws InterruptedException {
		throw new UnsupportedOperationException();
	}

	/**
	 * Starts to ship. Where the database does not exist yet, shipping begins when it
	 * appears.
	 * @param writer the log, under this leader's fence; owned by this primary from now on
	 */
	void start(LogWriter writer) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Ends the loop and keeps the read lock; what is in flight is waited for.
	 * @param timeout how long to wait
	 */
	void stopLoop(Duration timeout) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Ships what has been committed since the loop ended.
	 * @param timeout how long
	 * @return whether everything committed is in the log
	 */
	boolean flush(Duration timeout) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Lets go of the database: after a successful {@link #flush} with a full checkpoint,
	 * otherwise without touching a frame that the log lacks. Also closes the writer.
	 * @return what is left behind
	 */
	PrimaryEnd release() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Returns how shipping is.
	 * @return a snapshot
	 */
	PrimaryStatus status() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Stops at once and releases; idempotent.
	 */
	@Override
	public void close() {
		throw new UnsupportedOperationException();
	}

}
