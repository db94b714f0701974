package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

import io.hacluster.Ticker;
import io.hacluster.replication.connection.DatabaseConnections;
import io.hacluster.replication.connection.DatabaseConnections.Checkpoint;

/**
 * Brings frames into the database file, only such as the log has acknowledged, so that a
 * node that crashes can always be told apart from the log by its write-ahead log.
 * <p>
 * A new read transaction takes the place of the old one as soon as the log has
 * acknowledged all it sees, and a passive checkpoint goes up to there; nobody waits for
 * that. If nothing has been written meanwhile, the write-ahead log may be used from its
 * start again. A writer that never rests leaves something over each time. Only then it is
 * kept out for a moment, in which the few frames that came last are shipped, acknowledged
 * and checkpointed; that is given up when it takes too long.
 */
final class PrimaryCheckpointer {

	/**
	 * How long shipping may take while no writer waits for it.
	 */
	private static final Duration SHIPPING = Duration.ofSeconds(5);

	/**
	 * How often it is tried without keeping a writer out, if each time less is left.
	 */
	private static final int ROUNDS = 8;

	/**
	 * What may be left to ship and to checkpoint when a writer is kept out.
	 */
	private static final long BARRIER_BYTES = 1L << 20;

	/**
	 * How long the barrier may stand when the write-ahead log is twice as great as it
	 * should be.
	 */
	private static final Duration RUNAWAY = Duration.ofSeconds(1);

	private static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();

	private static final long FIRST_PAUSE = Duration.ofMillis(50).toNanos();

	private static final long BARRIER_POLL = Duration.ofNanos(50_000).toNanos();

	private static final long TRUNCATE_POLL = Duration.ofMillis(5).toNanos();

	private final PrimarySettings settings;

	private final PrimaryCounters counters;

	private final PrimarySignal signal;

	private final Ticker ticker;

	private long pause;

	private long notBefore;

	private long raisedAt;

	PrimaryCheckpointer(PrimarySettings settings, PrimaryCounters counters, PrimarySignal signal, Ticker ticker) {
		this.settings = settings;
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
				|| (state.frames() > 0 && database.walBytes() > this.settings.maxWalBytes());
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
		Outcome outcome = withoutBarrier(database, capture, shipping);
		if (outcome == Outcome.LEFT_OVER) {
			outcome = withBarrier(database, capture, shipping);
		}
		boolean complete = outcome == Outcome.COMPLETE;
		boolean great = database.walBytes() > this.settings.maxWalBytes();
		if (great && complete) {
			complete = truncate(database);
		}
		this.counters.walNotice((great && outcome == Outcome.PINNED) ? pinned(database) : null);
		this.pause = complete ? 0 : Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, this.pause * 2));
		this.notBefore = this.ticker.nanoTime() + this.pause;
	}

	private String pinned(PrimaryDatabase database) throws IOException {
		return "The write-ahead log of " + database.path() + " has grown to " + (database.walBytes() >> 20)
				+ " MB, more than ha.cluster.replication.max-wal-size, because a read transaction or a checkpoint of "
				+ "another process does not end; end it, and the log is cut back";
	}

	private Outcome withoutBarrier(PrimaryDatabase database, PrimaryCapture capture, Shipping shipping)
			throws IOException, SQLException {
		DatabaseConnections connections = database.connections();
		long before = Long.MAX_VALUE;
		for (int round = 0; round < ROUNDS; round++) {
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
			if (!shipped) {
				return Outcome.NOT_SHIPPED;
			}
			connections.swapReadLock();
			long left = left(database, seen);
			if (left == 0) {
				capture.lockedHere();
				return Outcome.COMPLETE;
			}
			passive(connections, this.ticker.nanoTime() + this.settings.busyTimeout().toNanos());
			if (round == 0) {
				this.counters.checkpoints.incrementAndGet();
			}
			if (database.state().backfilled() < seen.frames()) {
				return Outcome.PINNED;
			}
			if (left >= before) {
				return Outcome.LEFT_OVER;
			}
			before = left;
		}
		return Outcome.LEFT_OVER;
	}

	/**
	 * Returns how much is not in the database file, in bytes.
	 */
	private static long left(PrimaryDatabase database, PrimaryWalState state) {
		return (state.frames() - state.backfilled()) * (long) database.frameSize();
	}

	/**
	 * Returns whether what is not in the database file is little enough to keep a writer
	 * out for it.
	 */
	static boolean isLittleLeft(PrimaryDatabase database, PrimaryWalState state) {
		return left(database, state) <= BARRIER_BYTES;
	}

	/**
	 * Makes a passive checkpoint, after that of somebody else if there is one: a writer
	 * with a great write-ahead log tries one with every commit.
	 */
	private void passive(DatabaseConnections connections, long deadline) throws SQLException {
		while (connections.checkpointPassively() == Checkpoint.BUSY && this.ticker.nanoTime() - deadline < 0) {
			this.signal.pause(BARRIER_POLL);
		}
	}

	private Outcome withBarrier(PrimaryDatabase database, PrimaryCapture capture, Shipping shipping)
			throws IOException, SQLException {
		boolean runaway = database.walBytes() > 2 * this.settings.maxWalBytes();
		if (!shipping.ship(database.state(), SHIPPING) || !raiseBarrier(database)) {
			return Outcome.NOT_SHIPPED;
		}
		try {
			PrimaryWalState state = database.state();
			Duration longest = runaway ? RUNAWAY : this.settings.barrierTimeout();
			if ((!runaway && !isLittleLeft(database, state)) || !shipping.ship(state, longest)) {
				return Outcome.NOT_SHIPPED;
			}
			boolean complete = checkpointAll(database, this.raisedAt + longest.toNanos());
			capture.lockedHere();
			return complete ? Outcome.COMPLETE : Outcome.PINNED;
		}
		finally {
			endBarrier(database);
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
		this.raisedAt = this.ticker.nanoTime();
		return true;
	}

	/**
	 * Lets the writers in again.
	 */
	void endBarrier(PrimaryDatabase database) throws SQLException {
		database.connections().endBarrier();
		this.counters.barriers.add(this.ticker.nanoTime() - this.raisedAt);
	}

	/**
	 * Checkpoints while the barrier stands. If everything committed has been captured,
	 * the capture must be told.
	 * @param deadline until when to wait for the checkpoint of somebody else
	 * @return whether all of it is in the database file
	 */
	boolean checkpointAll(PrimaryDatabase database, long deadline) throws IOException, SQLException {
		DatabaseConnections connections = database.connections();
		connections.releaseReadLock();
		try {
			passive(connections, deadline);
		}
		finally {
			connections.takeReadLock();
		}
		PrimaryWalState state = database.state();
		return state.backfilled() == state.frames();
	}

	/**
	 * Cuts the write-ahead log back to nothing, all of it being in the database file. No
	 * barrier is needed: what is committed meanwhile makes it give up.
	 * @return whether it was
	 */
	boolean truncate(PrimaryDatabase database) throws IOException, SQLException {
		long deadline = this.ticker.nanoTime() + this.settings.busyTimeout().toNanos();
		while (true) {
			long start = this.ticker.nanoTime();
			Checkpoint result = database.connections().truncate();
			long end = this.ticker.nanoTime();
			this.counters.barriers.add(end - start);
			if (result == Checkpoint.COMPLETE) {
				return true;
			}
			PrimaryWalState state = database.state();
			if (end - deadline >= 0 || state.backfilled() != state.frames()) {
				return false;
			}
			this.signal.pause(TRUNCATE_POLL);
		}
	}

	private enum Outcome {

		/** Everything is in the database file, and the log may be used from its start. */
		COMPLETE,

		/** A writer has left something over each time. */
		LEFT_OVER,

		/** A reader, or the checkpoint of somebody else, stands in the way. */
		PINNED,

		/** The store has not acknowledged in time. */
		NOT_SHIPPED

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
