package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

import io.hacluster.Ticker;
import io.hacluster.replication.ReplicationStatus;

/**
 * How a primary leaves a database: only when everything committed is in the log may the
 * write-ahead log be emptied. Used by the thread that ships.
 */
final class PrimaryDeparture {

	/**
	 * How long a checkpoint of somebody else is waited for.
	 */
	private static final long WAIT = Duration.ofSeconds(1).toNanos();

	private final PrimaryEngine engine;

	private final PrimaryTransfer transfer;

	private final PrimaryHold hold;

	private final PrimaryShipper shipper;

	private final PrimaryCheckpointer checkpointer;

	private final PrimaryCounters counters;

	private final Ticker ticker;

	PrimaryDeparture(PrimaryEngine engine, PrimaryTransfer transfer, PrimaryHold hold, PrimaryShipper shipper,
			PrimaryCheckpointer checkpointer, PrimaryCounters counters, Ticker ticker) {
		this.engine = engine;
		this.transfer = transfer;
		this.hold = hold;
		this.shipper = shipper;
		this.checkpointer = checkpointer;
		this.counters = counters;
		this.ticker = ticker;
	}

	/**
	 * Returns whether everything committed is in the log.
	 */
	boolean isLevel() throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		PrimaryCapture current = this.transfer.capture();
		if (database == null) {
			return this.hold.isNothingThere();
		}
		return current != null && this.shipper.isIdle() && this.shipper.acknowledged() == current.mark()
				&& current.isLevel(database.state());
	}

	/**
	 * Keeps writers out and looks whether everything committed is in the log, shipping
	 * what is missing.
	 * @return whether it is; if so, the barrier stands
	 */
	boolean closeDoor(Duration timeout) throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		if (database == null) {
			return isLevel();
		}
		if (!this.checkpointer.raiseBarrier(database)) {
			return false;
		}
		boolean level = false;
		try {
			level = isLevel() || (this.transfer.shipAll(database.state(), timeout) && isLevel());
		}
		finally {
			if (!level) {
				database.connections().endBarrier();
			}
		}
		return level;
	}

	/**
	 * Lets go of everything.
	 */
	PrimaryEnd release() throws IOException, SQLException {
		boolean shipped = false;
		boolean empty = false;
		try {
			this.engine.dropIfReplaced();
			PrimaryDatabase database = this.hold.held();
			PrimaryCapture current = this.transfer.capture();
			shipped = isLevel() && (database == null || (this.checkpointer.raiseBarrier(database) && isLevel()));
			if (shipped && database != null && current != null) {
				this.checkpointer.checkpointAll(database, this.ticker.nanoTime() + WAIT);
				current.lockedHere();
				database.connections().endBarrier();
				this.checkpointer.truncate(database);
				shipped = isLevel();
				empty = shipped && database.state().frames() == 0;
			}
		}
		finally {
			this.shipper.close();
			this.engine.close();
			this.hold.release(empty);
			this.counters.state(ReplicationStatus.State.STOPPED);
		}
		return new PrimaryEnd(shipped, this.shipper.txid(), empty);
	}

}
