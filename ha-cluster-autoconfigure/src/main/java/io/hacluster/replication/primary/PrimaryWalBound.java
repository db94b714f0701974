package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.connection.DatabaseConnections;

/**
 * Keeps the write-ahead log within its bound when the log does not take what it holds.
 * What is not shipped may be as great as {@link PrimarySettings#maxWalBytes()}. Beyond
 * that the write-ahead log is checkpointed and cut back all the same: nothing is lost,
 * since the database holds it all, but only a copy of the whole database can ship it.
 * From then on the write-ahead log is kept small until there is one. Used by the thread
 * that ships.
 */
final class PrimaryWalBound {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryWalBound.class);

	/**
	 * How many times its bound the file may be although less than that is unshipped: a
	 * store that is as slow as the writer is fast leaves no moment to use it anew.
	 */
	private static final int FILE_FACTOR = 4;

	private static final int ROUNDS = 8;

	private static final long PAUSE = Duration.ofMillis(200).toNanos();

	private final PrimarySettings settings;

	private final NodeIdentity identity;

	private final PrimaryCheckpointer checkpointer;

	private final PrimaryCounters counters;

	private final Ticker ticker;

	/**
	 * What the write-ahead log has grown to while a full copy was under way: that has to
	 * be shipped, or there would be full copies without end.
	 */
	private long allowance;

	private boolean cutBack;

	private long notBefore;

	PrimaryWalBound(PrimarySettings settings, NodeIdentity identity, PrimaryCheckpointer checkpointer,
			PrimaryCounters counters, Ticker ticker) {
		this.settings = settings;
		this.identity = identity;
		this.checkpointer = checkpointer;
		this.counters = counters;
		this.ticker = ticker;
		this.notBefore = ticker.nanoTime();
	}

	/**
	 * Cuts the write-ahead log back if it has outgrown its bound.
	 * @param database the database
	 * @param capture told that the read lock no longer protects what it has not seen,
	 * null if there is none
	 * @param unshipped frames that the log has not acknowledged
	 * @return whether only a full copy can ship now what is committed; not if a reader
	 * keeps the frames in place
	 */
	boolean enforce(PrimaryDatabase database, @Nullable PrimaryCapture capture, long unshipped)
			throws IOException, SQLException {
		long file = database.walBytes();
		if (file <= this.settings.maxWalBytes()) {
			this.allowance = 0;
		}
		boolean exceeded = unshipped * database.frameSize() > this.settings.maxWalBytes() + this.allowance
				|| (unshipped > 0 && file > FILE_FACTOR * this.settings.maxWalBytes() + this.allowance);
		if (!exceeded || this.ticker.nanoTime() - this.notBefore < 0) {
			return false;
		}
		this.notBefore = this.ticker.nanoTime() + PAUSE;
		if (capture != null) {
			capture.lockedElsewhere();
		}
		if (!checkpointAll(database) || !this.checkpointer.truncate(database)) {
			return false;
		}
		if (!this.cutBack) {
			this.cutBack = true;
			logger.warn("[{}] The write-ahead log has grown to {} MB and the log does not take it; it has been cut "
					+ "back, and a copy of the whole database is shipped instead (ha.cluster.replication.max-wal-size)",
					this.identity, file >> 20);
		}
		this.counters.walNotice("The write-ahead log has outgrown ha.cluster.replication.max-wal-size ("
				+ (this.settings.maxWalBytes() >> 20) + " MB) and has been cut back; nothing is lost here, but a copy "
				+ "of the whole database has to be shipped");
		return true;
	}

	/**
	 * Most of it is done while nobody is kept out.
	 */
	private boolean checkpointAll(PrimaryDatabase database) throws IOException, SQLException {
		for (int round = 0; round < ROUNDS; round++) {
			database.renewReadLock();
			database.connections().checkpointPassively();
			if (PrimaryCheckpointer.isLittleLeft(database, database.state())) {
				break;
			}
		}
		if (!this.checkpointer.raiseBarrier(database)) {
			return false;
		}
		try {
			return this.checkpointer.checkpointAll(database, this.ticker.nanoTime());
		}
		finally {
			this.checkpointer.endBarrier(database);
		}
	}

	/**
	 * Returns whether it has been cut back and no full copy been shipped since.
	 */
	boolean isCutBack() {
		return this.cutBack;
	}

	/**
	 * Keeps the write-ahead log small for as long as its frames serve nothing.
	 */
	void keepSmall(PrimaryDatabase database, PrimaryWalState state) throws IOException, SQLException {
		boolean great = database.walBytes() > this.settings.maxWalBytes();
		boolean wanted = great || state.frames() - state.backfilled() >= this.settings.checkpointPages();
		if (!wanted || this.ticker.nanoTime() - this.notBefore < 0) {
			return;
		}
		this.notBefore = this.ticker.nanoTime() + PAUSE;
		DatabaseConnections connections = database.connections();
		database.renewReadLock();
		connections.checkpointPassively();
		PrimaryWalState now = database.renewReadLock();
		if (great && now.frames() == now.backfilled()) {
			this.checkpointer.truncate(database);
		}
	}

	/**
	 * Tells that what is committed can be shipped from the write-ahead log again.
	 */
	void connected(PrimaryDatabase database) throws IOException {
		this.allowance = database.walBytes();
		if (this.cutBack) {
			this.cutBack = false;
			this.counters.walNotice(null);
		}
	}

}
