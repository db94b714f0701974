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
	 * Returns from when on the record may be taken over: at once if it says so, otherwise
	 * after it stood for its whole duration. An absent record that was there before is a
	 * purged or wiped store, whose holder may still be leading.
	 */
	long freeFrom() {
		boolean free = (this.record != null) ? this.record.lease().state() == Lease.State.RELEASED : !this.formerRecord;
		return free ? this.since : this.since + this.duration.toNanos();
	}

}
