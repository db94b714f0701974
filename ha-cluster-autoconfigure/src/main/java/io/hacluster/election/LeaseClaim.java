package io.hacluster.election;

import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

/**
 * One process's claim to one lease, as a pure state machine: it is asked what to do, is
 * told how that ended, and never waits, reads a clock by itself or calls the store.
 * Confined to one thread.
 */
final class LeaseClaim {

	private final String key;

	private final NodeIdentity identity;

	private final ElectionSettings settings;

	private final Ticker ticker;

	private final Schedule schedule;

	private final ClaimListener listener;

	private final Observation observation;

	private @Nullable Term term;

	private @Nullable Epoch latestTerm;

	private boolean doubtful;

	private boolean createdInDoubt;

	private long provenRevision;

	LeaseClaim(String key, NodeIdentity identity, ElectionSettings settings, Ticker ticker, RandomGenerator random,
			ClaimListener listener) {
		this.key = key;
		this.identity = identity;
		this.settings = settings;
		this.ticker = ticker;
		this.schedule = new Schedule(settings.renewInterval().toNanos(), random);
		this.listener = listener;
		this.observation = new Observation(settings.leaseDuration(), settings.renewInterval().multipliedBy(2));
	}

	String key() {
		return this.key;
	}

	@Nullable Term term() {
		return this.term;
	}

	long latenessAt(long sentAt) {
		return sentAt - this.schedule.renewAt();
	}

	Observation observation() {
		return this.observation;
	}

	/**
	 * Looks at the record as soon as possible.
	 */
	void hint() {
		if (this.term == null) {
			this.schedule.readNow();
		}
	}

	/**
	 * Decides what to do.
	 * @param now the reading of the ticker
	 * @param wish what this process wants of the lease
	 * @param logEpoch the greatest epoch known from elsewhere; asked only before taking
	 * @return a call, or a pause
	 */
	Step next(long now, Wish wish, LongSupplier logEpoch) {
		long notBefore = this.schedule.notBefore(now);
		if (now - notBefore < 0) {
			return new Step.Pause(notBefore);
		}
		if (!this.observation.isKnown() || this.schedule.isReadDue(now, this.term != null)) {
			return new Step.Call(this, Step.Purpose.READ, null, 0);
		}
		if (this.term != null) {
			return (now - this.schedule.renewAt() >= 0) ? write(Step.Purpose.RENEW, held())
					: new Step.Pause(this.schedule.renewAt());
		}
		if (isReleasable(wish)) {
			return write(Step.Purpose.RELEASE, held().released());
		}
		long wake = this.schedule.readAt();
		if (wish == Wish.HOLD) {
			long free = freeFrom();
			if (now - free >= 0) {
				return take(logEpoch.getAsLong());
			}
			wake = earlier(free, wake);
		}
		return new Step.Pause(wake);
	}

	private boolean isReleasable(Wish wish) {
		Lease lease = ownRecord();
		if (lease == null || lease.state() != Lease.State.HELD || !isProven()) {
			return false;
		}
		// A record of ours that never became a term was applied after we had given up on
		// it: nothing runs under it, so nobody needs to wait for it
		return wish == Wish.RELEASE || (wish == Wish.OBSERVE && !lease.epoch().equals(this.latestTerm));
	}

	private long freeFrom() {
		Optional<VersionedLease> record = this.observation.record();
		if (ownRecord() != null && isProven()) {
			// The holder is this very process, and it does not hold
			return this.observation.since();
		}
		boolean waits = record.isPresent() && record.get().lease().state() == Lease.State.HELD;
		return this.observation.freeFrom() + (waits ? this.schedule.jitter() : 0);
	}

	/**
	 * Returns whether a record of ours follows directly on what we last knew. That of a
	 * create does not: it can be applied, even much later, after others held the lease
	 * and an operator purged it, so it says nothing about who leads.
	 */
	private boolean isProven() {
		return !this.createdInDoubt || this.observation.revision() == this.provenRevision;
	}

	private Step take(long logEpoch) {
		if (logEpoch > 0) {
			this.observation.formerTerms();
		}
		boolean reserve = this.observation.record().isEmpty() && !this.observation.isBlank();
		this.createdInDoubt |= reserve;
		Epoch epoch = new Epoch(Math.max(logEpoch, this.observation.greatestEpoch()) + 1);
		return write(reserve ? Step.Purpose.RESERVE : Step.Purpose.TAKE,
				new Lease(this.identity.nodeId(), this.identity.nonce(), epoch, Lease.State.HELD,
						this.settings.address(),
						reserve ? this.observation.duration() : this.settings.leaseDuration()));
	}

	private static long earlier(long time, long other) {
		return (time - other < 0) ? time : other;
	}

	private Step write(Step.Purpose purpose, Lease lease) {
		return new Step.Call(this, purpose, lease, this.observation.revision());
	}

	private Lease held() {
		return this.observation.record().orElseThrow().lease();
	}

	private boolean isOwn(Lease lease) {
		return lease.holder().equals(this.identity.nodeId()) && lease.nonce().equals(this.identity.nonce());
	}

	/**
	 * Returns the record as last seen, if it is one of this process.
	 */
	@Nullable Lease ownRecord() {
		return this.observation.record().map(VersionedLease::lease).filter(this::isOwn).orElse(null);
	}

	/**
	 * Takes in how a call ended.
	 * @param call the call
	 * @param outcome how it ended
	 * @param sentAt the reading of the ticker before the call was made
	 * @param now the reading after
	 */
	void completed(Step.Call call, Outcome outcome, long sentAt, long now) {
		if (outcome instanceof Outcome.Found found) {
			this.schedule.answered(now);
			found(found.record().orElse(null), now);
		}
		else if (outcome instanceof Outcome.Written written) {
			this.schedule.answered(now);
			this.doubtful = false;
			written(call, written.record(), sentAt, now);
		}
		else if (outcome instanceof Outcome.Refused refused) {
			this.schedule.readNow();
			if (this.term == null) {
				this.schedule.failed(now, this.term != null);
			}
			// A refusal after a write of unknown outcome may be due to that very write
			// (invariant I8): only a look at the record can tell
			if (!this.doubtful) {
				lose("the store refused the renewal: " + refused.reason());
			}
			this.doubtful = false;
		}
		else if (outcome instanceof Outcome.Failed) {
			this.schedule.failed(now, this.term != null);
			if (call.isWrite()) {
				this.doubtful = true;
				this.createdInDoubt |= call.expectedRevision() == 0;
				this.schedule.readNow();
			}
		}
	}

	private void found(@Nullable VersionedLease record, long now) {
		boolean stillHeld = this.term != null && record != null && isOwn(record.lease())
				&& record.lease().state() == Lease.State.HELD && record.lease().epoch().equals(this.term.epoch());
		if (this.observation.update(record, now)) {
			this.listener.changed(record);
		}
		if (stillHeld) {
			this.provenRevision = this.observation.revision();
		}
		if (!stillHeld) {
			lose((record == null) ? "the record is gone from the store"
					: "the record is held by " + record.lease().holder() + " in epoch " + record.lease().epoch());
		}
	}

	private void written(Step.Call call, VersionedLease record, long sentAt, long now) {
		Step.Purpose purpose = call.purpose();
		long deadline = sentAt + this.settings.leaseDuration().minus(this.settings.margin()).toNanos();
		boolean inTime = now - deadline < 0;
		this.observation.update(record, now);
		if (call.expectedRevision() == 0 && !inTime) {
			// In the meantime others may have created, held and lost the record
			this.createdInDoubt = true;
		}
		else if (purpose != Step.Purpose.RESERVE) {
			this.provenRevision = record.revision();
		}
		if (purpose == Step.Purpose.RENEW) {
			this.schedule.renewed(sentAt);
			if (this.term != null && !this.term.extend(deadline)) {
				lose("the renewal was answered after the deadline");
			}
		}
		else if (purpose == Step.Purpose.TAKE && inTime) {
			this.schedule.renewed(sentAt);
			this.term = new Term(record.lease().epoch(), deadline, this.ticker);
			this.latestTerm = this.term.epoch();
			this.listener.granted(this.term);
		}
	}

	/**
	 * Ends the term, if there is one.
	 * @param reason why, for people
	 */
	void lose(String reason) {
		Term lost = this.term;
		if (lost != null) {
			this.term = null;
			this.doubtful = false;
			lost.end();
			this.schedule.readNow();
			this.listener.lost(lost, reason);
		}
	}

	/**
	 * Ends the term without a word: its holder gives it back.
	 */
	void relinquish() {
		Term ended = this.term;
		if (ended != null) {
			this.term = null;
			ended.end();
			ended.conclude();
		}
	}

}
