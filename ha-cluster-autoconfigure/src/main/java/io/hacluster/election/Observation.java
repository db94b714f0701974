package io.hacluster.election;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a record, and since when it stands unchanged on this node's own
 * monotonic clock (invariant I6). The clock starts when the answer *arrived*, which is
 * the latest time at which the record can have been written. It starts anew when the
 * store answers after a time in which it did not: the holder could not renew in it any
 * more than this node could look, and may be alive and ahead of everybody.
 */
final class Observation {

	private final Duration ownDuration;

	private final long longestGap;

	private boolean known;

	private boolean formerRecord;

	private @Nullable VersionedLease record;

	private Duration duration;

	private long since;

	private long answeredAt;

	private long greatestEpoch;

	/**
	 * Creates an observation of nothing yet.
	 * @param ownDuration the lease duration of this node
	 * @param longestGap how far apart two answers may be for the time between them to
	 * count: over a longer one this node was blind, not the holder silent
	 */
	Observation(Duration ownDuration, Duration longestGap) {
		this.ownDuration = ownDuration;
		this.longestGap = longestGap.toNanos();
		this.duration = ownDuration;
	}

	/**
	 * Takes in an answer.
	 * @param found the record, null if there is none
	 * @param now when the answer arrived
	 * @return whether it is another than before
	 */
	boolean update(@Nullable VersionedLease found, long now) {
		boolean gap = this.known && now - this.answeredAt > this.longestGap;
		this.answeredAt = now;
		if (this.known && ((found != null) ? found.equals(this.record) : this.record == null)) {
			if (gap && isHeld()) {
				this.since = now;
			}
			return false;
		}
		this.known = true;
		this.record = found;
		this.since = now;
		if (found != null) {
			this.formerRecord = true;
			this.duration = found.lease().duration();
			// Revisions of a store that was not wiped count as well (invariant I7)
			this.greatestEpoch = Math.max(this.greatestEpoch,
					Math.max(found.lease().epoch().value(), found.revision()));
		}
		else if (this.duration.compareTo(this.ownDuration) < 0) {
			this.duration = this.ownDuration;
		}
		return true;
	}

	/**
	 * Notes that there were terms before, though no record of them was seen.
	 */
	void formerTerms() {
		this.formerRecord = true;
	}

	/**
	 * Returns when the answer arrived that first showed this record, or showed it again
	 * after a gap.
	 */
	long since() {
		return this.since;
	}

	boolean isKnown() {
		return this.known;
	}

	/**
	 * Returns whether the store is as new: there is no record, and never was as far as is
	 * known.
	 */
	boolean isBlank() {
		return this.known && this.record == null && !this.formerRecord;
	}

	Optional<VersionedLease> record() {
		return Optional.ofNullable(this.record);
	}

	long revision() {
		return (this.record != null) ? this.record.revision() : 0;
	}

	long greatestEpoch() {
		return this.greatestEpoch;
	}

	/**
	 * Returns how long the record must stand, or if it is gone, must have stood.
	 */
	Duration duration() {
		return this.duration;
	}

	/**
	 * Returns from when on the record may be replaced: after it stood for its whole
	 * duration, or at once if it has been given back or there is none.
	 */
	long freeFrom() {
		return isHeld() ? this.since + this.duration.toNanos() : this.since;
	}

	private boolean isHeld() {
		return this.record != null && this.record.lease().state() == Lease.State.HELD;
	}

}
