package io.hacluster.replication.primary;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;

/**
 * Knows since when something committed has not been shipped, and says so. Used by the
 * thread that ships.
 */
final class PrimaryBacklog {

	private final PrimaryShipper shipper;

	private final PrimaryCounters counters;

	private final Ticker ticker;

	private @Nullable Long uncapturedSince;

	PrimaryBacklog(PrimaryShipper shipper, PrimaryCounters counters, Ticker ticker) {
		this.shipper = shipper;
		this.counters = counters;
		this.ticker = ticker;
	}

	/**
	 * Returns when the oldest commit that has not been captured was first seen.
	 */
	long oldest() {
		Long first = this.uncapturedSince;
		return (first != null) ? first : this.ticker.nanoTime();
	}

	/**
	 * Tells that what was seen has been captured.
	 */
	void captured() {
		this.uncapturedSince = null;
	}

	/**
	 * Brings the counters up to date.
	 * @param capture where it is gone on, null if only a full copy connects to the log
	 * @param state what is committed
	 * @return frames that the log has not acknowledged
	 */
	long report(@Nullable PrimaryCapture capture, PrimaryWalState state) {
		if (capture != null && capture.isLevel(state)) {
			this.uncapturedSince = null;
		}
		else if (this.uncapturedSince == null) {
			this.uncapturedSince = this.ticker.nanoTime();
		}
		PrimaryMark acknowledged = this.shipper.acknowledged();
		long frames = (capture != null && acknowledged != null) ? capture.framesAfter(acknowledged, state)
				: state.frames();
		Long oldest = this.shipper.oldestSeen();
		this.counters.pending(frames, (oldest != null) ? oldest : this.uncapturedSince);
		return frames;
	}

}
