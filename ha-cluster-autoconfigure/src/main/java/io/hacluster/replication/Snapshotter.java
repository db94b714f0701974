package io.hacluster.replication;

import java.time.Duration;
import java.util.Optional;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

/**
 * Takes snapshots of a primary's database into the log, periodically and on demand, and
 * removes what they make superfluous.
 */
final class Snapshotter implements AutoCloseable {

	/**
	 * Creates a snapshotter that does nothing yet.
	 * @param settings interval and retention
	 * @param identity this process
	 * @param primary the primary
	 * @param retention removes what is superfluous after a snapshot
	 * @param ticker for the interval
	 */
	Snapshotter(PrimarySettings settings, NodeIdentity identity, Primary primary, Retention retention, Ticker ticker) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Starts the thread that takes snapshots.
	 */
	void start() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Takes a snapshot now.
	 * @return its entry, empty if nothing has changed since the last one
	 * @throws InterruptedException if interrupted
	 */
	Optional<LogEntry> snapshot() throws InterruptedException {
		throw new UnsupportedOperationException();
	}

	/**
	 * Stops; a snapshot under way is abandoned.
	 * @param timeout how long to wait
	 */
	void stop(Duration timeout) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Stops without a wait to speak of; idempotent.
	 */
	@Override
	public void close() {
		throw new UnsupportedOperationException();
	}

}
