package io.hacluster.election;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the numbers and texts behind {@link ElectionStatus}. Confined to one thread.
 */
final class ElectionRecord {

	private @Nullable String storeProblem;

	private @Nullable String candidateProblem;

	private @Nullable String lastFailure;

	private long lateness;

	private long maxLateness;

	private long renewals;

	private long failures;

	private long terms;

	private long losses;

	void granted() {
		this.terms++;
	}

	void lost(String reason) {
		this.losses++;
		this.lastFailure = "lost the lease: " + reason;
	}

	void candidateFailed(String problem) {
		this.candidateProblem = problem;
		this.lastFailure = problem;
	}

	void candidateAnswered() {
		this.candidateProblem = null;
	}

	void renewalSent(long lateness) {
		this.lateness = Math.max(lateness, 0);
		this.maxLateness = Math.max(this.lateness, this.maxLateness);
	}

	void completed(Step.Call call, Outcome outcome) {
		if (outcome instanceof Outcome.Failed failed) {
			this.failures++;
			this.storeProblem = failed.reason();
			this.lastFailure = failed.reason();
			return;
		}
		this.storeProblem = null;
		if (outcome instanceof Outcome.Refused) {
			this.failures++;
		}
		else if (call.purpose() == Step.Purpose.RENEW) {
			this.renewals++;
		}
	}

	@Nullable String storeProblem() {
		return this.storeProblem;
	}

	ElectionStatus status(boolean candidate, @Nullable String duplicate) {
		String problem = (duplicate != null) ? duplicate
				: (this.storeProblem != null) ? this.storeProblem : this.candidateProblem;
		return new ElectionStatus(candidate, duplicate != null, problem, this.lastFailure,
				Duration.ofNanos(this.lateness), Duration.ofNanos(this.maxLateness), this.renewals, this.failures,
				this.terms, this.losses);
	}

}
