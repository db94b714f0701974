package io.hacluster.election;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a record, and since when it stands unchanged on this node's own
 * monotonic clock (invariant I6). The clock starts when the answer *arrived*, which is
 * the latest time at which the record can have been written.
 */
final class Observation {

	private final Duration ownDuration;

	private boolean known;

	private boolean formerRecord;

	private @Nullable VersionedLease record;

	private Duration duration;

	private long since;

	private long greatestEpoch;

	Observation(Duration ownDuration) {
		this.ownDuration = ownDuration;
		this.duration = ownDuration;
	}

	/**
	 * Takes in an answer.
	 * @param found the record, null if there is none
	 * @param now when the answer arrived
	 * @return whether it is another than before
	 */
	boolean update(@Nullable VersionedLease found, long now) {
		if (this.known && ((found != null) ? found.equals(this.record) : this.record == null)) {
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
	 * Returns when the answer arrived that first showed this record.
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
		boolean held = this.record != null && this.record.lease().state() == Lease.State.HELD;
		return held ? this.since + this.duration.toNanos() : this.since;
	}

}
