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

	private final PrimaryCounters counters;

	private final PrimarySignal signal;

	private final Clock clock;

	private final Ticker ticker;

	private final int maxBatchBytes;

	private @Nullable PrimaryCapture capture;

	private @Nullable Long uncapturedSince;

	PrimaryTransfer(int maxBatchBytes, PrimaryHold hold, PrimaryShipper shipper, PrimaryEncoder encoder,
			PrimaryCounters counters, PrimarySignal signal, Clock clock, Ticker ticker) {
		this.maxBatchBytes = maxBatchBytes;
		this.hold = hold;
		this.shipper = shipper;
		this.encoder = encoder;
		this.counters = counters;
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
			Long first = this.uncapturedSince;
			long seen = (first != null) ? first : this.ticker.nanoTime();
			Optional<PrimaryBatch> batch = current.next(state);
			if (batch.isEmpty()) {
				break;
			}
			PrimaryEncoder.EncodedFile file = this.encoder.encode(database, batch.get(), this.clock.instant());
			PrimaryMark mark = batch.get().end();
			this.shipper.ship(LtxName.batch(mark.txid()), file, mark, seen);
			current.advance(batch.get());
			this.uncapturedSince = null;
			progress = true;
		}
		return progress;
	}

	/**
	 * Tells how much is waiting.
	 * @return frames that the log has not acknowledged
	 */
	long report(PrimaryWalState state) {
		PrimaryCapture current = this.capture;
		if (current != null && current.isLevel(state)) {
			this.uncapturedSince = null;
		}
		else if (this.uncapturedSince == null) {
			this.uncapturedSince = this.ticker.nanoTime();
		}
		PrimaryMark acknowledged = this.shipper.acknowledged();
		long frames = (current != null && acknowledged != null) ? current.framesAfter(acknowledged, state)
				: state.frames();
		Long oldest = this.shipper.oldestSeen();
		this.counters.pending(frames, (oldest != null) ? oldest : this.uncapturedSince);
		return frames;
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
