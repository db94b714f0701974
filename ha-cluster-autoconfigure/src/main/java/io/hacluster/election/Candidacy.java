package io.hacluster.election;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;

/**
 * Whether this node runs for the lease: it does not while it stands aside, while another
 * process has its id, or while its {@link Candidate} says no or fails. Confined to one
 * thread.
 */
final class Candidacy {

	private final Candidate candidate;

	private final ElectionRecord record;

	private @Nullable Long asideUntil;

	private boolean out;

	private boolean running;

	Candidacy(Candidate candidate, ElectionRecord record) {
		this.candidate = candidate;
		this.record = record;
	}

	boolean isRunning() {
		return this.running;
	}

	/**
	 * Stays out of the race until a time, or until a later one set before.
	 */
	void standAside(long until) {
		if (this.asideUntil == null || until - this.asideUntil > 0) {
			this.asideUntil = until;
		}
	}

	/**
	 * Stays out of the race, or does so no longer.
	 */
	void stayOut(boolean out) {
		this.out = out;
	}

	/**
	 * Returns when the time aside ends, if that is still to come and before another time.
	 */
	long wakeBefore(long other, long now) {
		Long until = this.asideUntil;
		return (until != null && until - now > 0 && until - other < 0) ? until : other;
	}

	/**
	 * Decides whether to run.
	 * @param now the reading of the ticker
	 * @param holding whether the lease is held, so that nobody needs to be asked
	 * @param identified whether this node's id is its own
	 */
	boolean decide(long now, boolean holding, boolean identified) {
		if (this.asideUntil != null && now - this.asideUntil >= 0) {
			this.asideUntil = null;
		}
		this.running = holding || (identified && !this.out && this.asideUntil == null && isEligible());
		return this.running;
	}

	private boolean isEligible() {
		try {
			boolean eligible = this.candidate.isEligible();
			this.record.candidateAnswered();
			return eligible;
		}
		catch (RuntimeException ex) {
			withdraw(ex);
			return false;
		}
	}

	Epoch latestEpoch() {
		return this.candidate.latestEpoch();
	}

	void observed(Observation lease) {
		if (lease.isKnown()) {
			this.candidate
				.observed(new LeaseStanding(lease.record().map(VersionedLease::lease).orElse(null), lease.freeFrom()));
		}
	}

	void withdraw(RuntimeException ex) {
		this.running = false;
		this.record.candidateFailed("cannot become leader: " + ex.getMessage());
	}

}
