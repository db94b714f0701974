package io.hacluster.election;

import io.hacluster.Epoch;

/**
 * A candidate that takes no new term before all listeners know that the last one is over
 * (invariant I14).
 */
final class PatientCandidate implements Candidate {

	private final Candidate delegate;

	private final ElectionEvents events;

	PatientCandidate(Candidate delegate, ElectionEvents events) {
		this.delegate = delegate;
		this.events = events;
	}

	@Override
	public boolean isEligible() {
		return this.events.areLossesDelivered() && this.delegate.isEligible();
	}

	@Override
	public Epoch latestEpoch() {
		return this.delegate.latestEpoch();
	}

	@Override
	public void observed(LeaseStanding standing) {
		this.delegate.observed(standing);
	}

}
