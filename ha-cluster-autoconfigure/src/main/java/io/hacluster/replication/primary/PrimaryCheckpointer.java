package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.connection.DatabaseConnections;
import io.hacluster.replication.connection.DatabaseConnections.Checkpoint;

/**
 * Brings frames into the database file, only such as the log has acknowledged, so that a
 * node that crashes can always be told apart from the log by its write-ahead log.
 * <p>
 * A checkpoint has two parts. The first keeps nobody waiting: a new read transaction
 * takes the place of the old one as soon as the log has acknowledged all it sees, and a
 * passive checkpoint goes up to there. The second lets the write-ahead log be used from
 * its start again, for which nothing may be left over: with the write lock held, the few
 * frames that came meanwhile are shipped, acknowledged and checkpointed. It costs the
 * writer that moment, and is given up if the store does not answer in it.
 */
final class PrimaryCheckpointer {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryCheckpointer.class);

	/**
	 * How long shipping may take while no writer waits for it.
	 */
	private static final Duration SHIPPING = Duration.ofSeconds(5);

	private static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();

	private static final long GIVE_UP_PAUSE = Duration.ofSeconds(1).toNanos();

	private static final long FIRST_PAUSE = Duration.ofMillis(50).toNanos();

	private static final long BARRIER_POLL = Duration.ofNanos(50_000).toNanos();

	private final PrimarySettings settings;

	private final NodeIdentity identity;

	private final PrimaryCounters counters;

	private final PrimarySignal signal;

	private final Ticker ticker;

	private long pause;

	private long notBefore;

	PrimaryCheckpointer(PrimarySettings settings, NodeIdentity identity, PrimaryCounters counters, PrimarySignal signal,
			Ticker ticker) {
		this.settings = settings;
		this.identity = identity;
		this.counters = counters;
		this.signal = signal;
		this.ticker = ticker;
		this.notBefore = ticker.nanoTime();
	}

	/**
	 * Returns whether it is time. Only what has been written since decides, so an idle
	 * database is left alone (Litestream #896).
	 */
	boolean isDue(PrimaryDatabase database, PrimaryWalState state) throws IOException {
		boolean wanted = state.frames() - state.backfilled() >= this.settings.checkpointPages()
				|| (state.frames() > 0 && database.walBytes() > this.settings.truncateBytes());
		return wanted && this.ticker.nanoTime() - this.notBefore >= 0;
	}

	/**
	 * Checkpoints.
	 * @param database the database
	 * @param capture told where the log may be restarted
	 * @param shipping ships up to a state and waits for the acknowledgement
	 */
	void checkpoint(PrimaryDatabase database, PrimaryCapture capture, Shipping shipping)
			throws IOException, SQLException {
		boolean complete = withoutBarrier(database, shipping) && withBarrier(database, capture, shipping);
		if (complete && database.walBytes() > this.settings.truncateBytes()) {
			// harmless without a barrier: the read lock was just taken with all shipped
			complete = database.connections().checkpoint("TRUNCATE") == Checkpoint.COMPLETE;
		}
		this.pause = complete ? 0 : Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, this.pause * 2));
		this.notBefore = this.ticker.nanoTime() + this.pause;
	}

	private boolean withoutBarrier(PrimaryDatabase database, Shipping shipping) throws IOException, SQLException {
		DatabaseConnections connections = database.connections();
		PrimaryWalState seen = database.beginRead(connections.spare());
		boolean shipped = false;
		try {
			shipped = shipping.ship(seen, SHIPPING);
		}
		finally {
			if (!shipped) {
				DatabaseConnections.execute(connections.spare(), "ROLLBACK");
			}
		}
		if (shipped) {
			connections.swapReadLock();
			passive(connections);
			this.counters.checkpoints.incrementAndGet();
		}
		return shipped;
	}

	/**
	 * Makes a passive checkpoint, after that of somebody else if there is one: a writer
	 * with a great write-ahead log tries one with every commit.
	 */
	private void passive(DatabaseConnections connections) throws SQLException {
		long deadline = this.ticker.nanoTime() + this.settings.barrierTimeout().toNanos();
		while (connections.checkpoint("PASSIVE") == Checkpoint.BUSY && this.ticker.nanoTime() - deadline < 0) {
			this.signal.pause(BARRIER_POLL);
		}
	}

	private boolean withBarrier(PrimaryDatabase database, PrimaryCapture capture, Shipping shipping)
			throws IOException, SQLException {
		if (!shipping.ship(database.state(), SHIPPING) || !raiseBarrier(database)) {
			return false;
		}
		try {
			if (!shipping.ship(database.state(), this.settings.barrierTimeout())) {
				return false;
			}
			boolean complete = checkpointAll(database);
			capture.lockedHere();
			return complete;
		}
		finally {
			database.connections().endBarrier();
		}
	}

	/**
	 * Keeps all writers out. Asks often instead of waiting in SQLite's busy handler,
	 * whose naps a busy writer would always slip through.
	 */
	boolean raiseBarrier(PrimaryDatabase database) throws SQLException {
		long deadline = this.ticker.nanoTime() + this.settings.busyTimeout().toNanos() + this.pause;
		while (!database.connections().tryBarrier()) {
			if (this.ticker.nanoTime() - deadline >= 0) {
				return false;
			}
			this.signal.pause(BARRIER_POLL);
		}
		return true;
	}

	/**
	 * Checkpoints while the barrier stands. If everything committed has been captured,
	 * the capture must be told.
	 * @return whether all of it is in the database file
	 */
	boolean checkpointAll(PrimaryDatabase database) throws IOException, SQLException {
		DatabaseConnections connections = database.connections();
		connections.releaseReadLock();
		try {
			passive(connections);
		}
		finally {
			connections.takeReadLock();
		}
		PrimaryWalState state = database.state();
		return state.backfilled() == state.frames();
	}

	/**
	 * Cuts a write-ahead log back that has grown too great while the store is away. What
	 * it holds and the log lacks can then be shipped only with a full copy.
	 * @return whether that was done
	 */
	boolean giveUpContinuity(PrimaryDatabase database) throws IOException, SQLException {
		if (database.walBytes() <= this.settings.truncateBytes() || this.ticker.nanoTime() - this.notBefore < 0
				|| !raiseBarrier(database)) {
			return false;
		}
		this.notBefore = this.ticker.nanoTime() + GIVE_UP_PAUSE;
		logger.warn("[{}] The write-ahead log has grown to {} MB while the store is unavailable; it is cut back, and "
				+ "a full copy is shipped when the store is back", this.identity, database.walBytes() >> 20);
		try {
			checkpointAll(database);
		}
		finally {
			database.connections().endBarrier();
		}
		database.connections().checkpoint("TRUNCATE");
		return true;
	}

	/**
	 * Ships for a checkpoint.
	 */
	@FunctionalInterface
	interface Shipping {

		/**
		 * Ships what is committed at a state.
		 * @param state the state
		 * @param timeout how long to wait
		 * @return whether the log has acknowledged all of it
		 */
		boolean ship(PrimaryWalState state, Duration timeout) throws IOException, SQLException;

	}

}
