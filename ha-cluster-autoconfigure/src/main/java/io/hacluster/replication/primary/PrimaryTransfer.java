package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.replication.ltx.LtxName;

/**
 * Carries what is committed from the write-ahead log to the log. Used by the thread that
 * ships.
 */
final class PrimaryTransfer {

	private final PrimaryHold hold;

	private final PrimaryShipper shipper;

	private final PrimaryEncoder encoder;

	private final PrimarySignal signal;

	private final Clock clock;

	private final Ticker ticker;

	private final int maxBatchBytes;

	private final PrimaryBacklog backlog;

	private @Nullable PrimaryCapture capture;

	PrimaryTransfer(int maxBatchBytes, PrimaryHold hold, PrimaryShipper shipper, PrimaryEncoder encoder,
			PrimaryBacklog backlog, PrimarySignal signal, Clock clock, Ticker ticker) {
		this.maxBatchBytes = maxBatchBytes;
		this.hold = hold;
		this.shipper = shipper;
		this.encoder = encoder;
		this.backlog = backlog;
		this.signal = signal;
		this.clock = clock;
		this.ticker = ticker;
	}

	/**
	 * Returns where in the write-ahead log this goes on, null if only a full copy
	 * connects to the log.
	 */
	@Nullable PrimaryCapture capture() {
		return this.capture;
	}

	/**
	 * Goes on after a transaction that the log holds.
	 */
	PrimaryCapture goOnFrom(PrimaryDatabase database, PrimaryMark mark) {
		this.shipper.reset(mark.txid(), mark);
		PrimaryCapture created = new PrimaryCapture(database, this.maxBatchBytes, mark);
		this.capture = created;
		return created;
	}

	/**
	 * Takes note that the write-ahead log no longer connects to the log.
	 */
	void disconnect() {
		this.capture = null;
		this.shipper.reset(this.shipper.txid(), null);
	}

	/**
	 * Captures as much as there is room for.
	 * @return whether there was anything
	 */
	boolean capture(PrimaryDatabase database, PrimaryCapture current, PrimaryWalState state) throws IOException {
		boolean progress = false;
		while (this.shipper.hasRoom()) {
			long seen = this.backlog.oldest();
			Optional<PrimaryBatch> batch = current.next(state);
			if (batch.isEmpty()) {
				break;
			}
			PrimaryEncoder.EncodedFile file = this.encoder.encode(database, batch.get(), this.clock.instant());
			PrimaryMark mark = batch.get().end();
			this.shipper.ship(LtxName.batch(mark.txid()), file, mark, seen);
			current.advance(batch.get());
			this.backlog.captured();
			progress = true;
		}
		return progress;
	}

	/**
	 * Tells how much is waiting.
	 * @return frames that the log has not acknowledged
	 */
	long report(PrimaryWalState state) {
		return this.backlog.report(this.capture, state);
	}

	/**
	 * Ships what is committed at a state.
	 * @return whether the log has acknowledged all of it in time
	 */
	boolean shipAll(PrimaryWalState state, Duration timeout) throws IOException, SQLException {
		return shipAll(state, timeout, () -> false);
	}

	/**
	 * Ships what is committed at a state.
	 * @param giveUp asked now and then
	 * @return whether the log has acknowledged all of it in time
	 */
	boolean shipAll(PrimaryWalState state, Duration timeout, BooleanSupplier giveUp) throws IOException, SQLException {
		PrimaryDatabase database = this.hold.attach();
		PrimaryCapture current = this.capture;
		long deadline = this.ticker.nanoTime() + timeout.toNanos();
		while (database != null && current != null) {
			this.shipper.settle();
			if (!this.shipper.isOpen()) {
				return false;
			}
			capture(database, current, state);
			this.shipper.settle();
			if (this.shipper.isIdle() && current.isLevel(state)) {
				return true;
			}
			long left = deadline - this.ticker.nanoTime();
			if (left <= 0 || giveUp.getAsBoolean()) {
				return false;
			}
			this.signal.await(left);
		}
		return false;
	}

}
