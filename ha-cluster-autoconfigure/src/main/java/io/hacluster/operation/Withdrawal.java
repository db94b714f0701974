package io.hacluster.operation;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStanding;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.LeadershipRequest.State;
import io.hacluster.member.Stored;
import io.hacluster.operation.OperationResult.Outcome;

/**
 * Takes back requests from which nothing good can come any more. Thread-safe.
 */
final class Withdrawal {

	private static final Logger logger = LoggerFactory.getLogger(Handover.class);

	private final NodeIdentity identity;

	private final RequestWatch watch;

	private final ControlRecords records;

	private final RequestSlot slot;

	private final Outcomes outcomes;

	private final Leadership leadership;

	private final Supplier<Optional<LeaseStanding>> standing;

	private final Supplier<ClusterView> view;

	private final Supplier<Progress> progress;

	private final Ticker ticker;

	Withdrawal(NodeIdentity identity, RequestWatch watch, ControlRecords records, Outcomes outcomes,
			Leadership leadership, Supplier<Optional<LeaseStanding>> standing, Supplier<ClusterView> view,
			Supplier<Progress> progress, Ticker ticker) {
		this.identity = identity;
		this.watch = watch;
		this.records = records;
		this.slot = new RequestSlot(records);
		this.outcomes = outcomes;
		this.leadership = leadership;
		this.standing = standing;
		this.view = view;
		this.progress = progress;
		this.ticker = ticker;
	}

	/**
	 * Takes a request back that the leader has not answered while it had the lease, if
	 * something may be lost by going on. Whoever leads next does not do so by the
	 * request.
	 * @return {@code null} if it is not to be taken back, or not yet
	 */
	@Nullable OperationResult afterLeader(LeadershipRequest request) {
		LeaseStanding known = this.standing.get().orElse(null);
		Lease lease = (known != null) ? known.lease() : null;
		if (known == null || lease == null || lease.state() != Lease.State.HELD
				|| lease.epoch().value() != request.fromEpoch() || this.ticker.nanoTime() - known.freeFrom() < 0) {
			return null;
		}
		String loss = new DataLoss(this.view.get(), this.progress.get()).afterLeaderIsGone(lease).orElse(null);
		if (loss == null) {
			return null;
		}
		try {
			Stored<LeadershipRequest> stored = this.records.request()
				.filter((it) -> it.value().id().equals(request.id()) && it.value().state() == State.REQUESTED)
				.orElse(null);
			if (stored == null || !this.slot.takeBack(stored, null)) {
				return null;
			}
		}
		catch (HaClusterException ex) {
			logger.debug("[{}] The request is looked at again: {}", this.identity, ex.getMessage());
			return null;
		}
		String withdrawn = "The leader has not answered, and its lease has run out. " + loss
				+ ". The request has been taken back, and nothing has been changed";
		return (request.kind() == LeadershipRequest.Kind.FAILOVER)
				? this.outcomes.result(Outcome.NOT_CONFIRMED, withdrawn + "; say that data loss is accepted to go on")
				: this.outcomes.refused(withdrawn);
	}

	/**
	 * Takes the request back if that is possible, so that nothing comes of it later.
	 */
	OperationResult giveUp(LeadershipRequest request, Duration timeout) {
		String within = " within " + Qualification.seconds(timeout);
		try {
			Stored<LeadershipRequest> stored = this.records.request()
				.filter((it) -> it.value().id().equals(request.id()))
				.orElse(null);
			if (stored != null && this.slot.takeBack(stored, unledEpoch())) {
				return (stored.value().state() == State.REQUESTED)
						? this.outcomes.refused(LeaderDesk.noAnswer(request, within))
						: this.outcomes.result(Outcome.FAILED, request.target() + " has not taken over" + within
								+ ": the request has been taken back, and nobody leads");
			}
			if (stored != null && stored.value().state() == State.REFUSED) {
				return this.outcomes.refused(LeaderDesk.refusal(stored.value()));
			}
			if (stored != null && stored.value().state() == State.DONE) {
				return this.outcomes.result(LeaderDesk.outcome(stored.value()),
						request.target() + " leads" + LeaderDesk.after(". ", stored.value().message()));
			}
		}
		catch (HaClusterException ex) {
			logger.debug("[{}] The request cannot be taken back: {}", this.identity, ex.getMessage());
		}
		return this.outcomes.unknown("Status unknown: the " + LeaderDesk.describe(request)
				+ " has begun, but no new leader has been seen" + within);
	}

	/**
	 * Returns the epoch of the last term if nobody leads.
	 */
	private @Nullable Long unledEpoch() {
		LeaseStanding known = this.standing.get().orElse(null);
		if (known == null || this.leadership.leader().isPresent()) {
			return null;
		}
		Lease lease = known.lease();
		return (lease != null) ? lease.epoch().value() : 0L;
	}

	/**
	 * Puts away what nobody has finished and nobody will, so that it is in nobody's way.
	 */
	void putAwayStale() {
		Stored<LeadershipRequest> stored = this.records.request().orElse(null);
		if (stored != null && stored.value().isOpen() && !this.watch.holds(stored.value())) {
			this.records.replace(stored, stored.value().in(State.FAILED, "Nobody has finished it"));
		}
	}

}
