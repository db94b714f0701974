package io.hacluster.operation;

import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.ClusterRole;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.LeadershipRequest.State;
import io.hacluster.member.StateConflictException;
import io.hacluster.member.Stored;
import io.hacluster.operation.OperationResult.Outcome;

/**
 * The side of who asks: puts up a request, unless there is one already, and waits until a
 * later leader is seen, the request is refused or the time is up. Thread-safe.
 */
final class Handover {

	private static final Duration LOOK = Duration.ofMillis(200);

	private static final Logger logger = LoggerFactory.getLogger(Handover.class);

	private final NodeIdentity identity;

	private final ControlRecords records;

	private final RequestSlot slot;

	private final Withdrawal withdrawal;

	private final Outcomes outcomes;

	private final Leadership leadership;

	private final Supplier<ClusterView> view;

	private final Bell bell;

	private final Ticker ticker;

	Handover(NodeIdentity identity, ControlRecords records, Withdrawal withdrawal, Outcomes outcomes,
			Leadership leadership, Supplier<ClusterView> view, Bell bell, Ticker ticker) {
		this.identity = identity;
		this.records = records;
		this.slot = new RequestSlot(records);
		this.withdrawal = withdrawal;
		this.outcomes = outcomes;
		this.leadership = leadership;
		this.view = view;
		this.bell = bell;
		this.ticker = ticker;
	}

	/**
	 * Makes a request and sees to its end.
	 * @param request the request
	 * @param timeout how long to wait
	 * @param remark what to add where it is done, may be empty
	 */
	OperationResult ask(LeadershipRequest request, Duration timeout, String remark) {
		long begin = this.ticker.nanoTime();
		if (this.bell.isClosed()) {
			return this.outcomes.refused("This node is being stopped: ask another one");
		}
		try {
			this.withdrawal.putAwayStale();
		}
		catch (StateConflictException ex) {
			logger.debug("[{}] Somebody else has put the last request away: {}", this.identity, ex.getMessage());
		}
		catch (StoreUnavailableException ex) {
			return this.outcomes.refused(
					"The store of the cluster does not answer (" + ex.getMessage() + "), and nothing has been changed");
		}
		Stored<LeadershipRequest> submitted;
		try {
			submitted = this.slot.submit(request, this.view.get());
		}
		catch (StateConflictException ex) {
			return this.outcomes.refused(ex.getMessage() + ": wait for its end");
		}
		catch (StoreUnavailableException ex) {
			return this.outcomes.unknown("Status unknown: the store of the cluster does not answer (" + ex.getMessage()
					+ "), and the request may or may not have been made");
		}
		logger.info("[{}] Asks for a {} at the end of epoch {}", this.identity, LeaderDesk.describe(request),
				request.fromEpoch());
		try {
			return await(submitted, begin, timeout, remark);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return this.outcomes
				.unknown("Status unknown: interrupted while waiting for the " + LeaderDesk.describe(request));
		}
	}

	private OperationResult await(Stored<LeadershipRequest> submitted, long begin, Duration timeout, String remark)
			throws InterruptedException {
		LeadershipRequest request = submitted.value();
		Duration took = null;
		while (true) {
			long rings = this.bell.rings();
			Stored<LeadershipRequest> latest = this.records.latestRequest()
				.filter((it) -> it.revision() > submitted.revision())
				.orElse(submitted);
			LeadershipRequest known = latest.value();
			boolean replaced = !known.id().equals(request.id());
			if (!replaced && known.state() == State.REFUSED) {
				return this.outcomes.refused(LeaderDesk.refusal(known));
			}
			if (!replaced && known.state() == State.FAILED) {
				return this.outcomes.result(Outcome.FAILED,
						request.target() + " does not lead: " + known.message() + lastFailure(request));
			}
			Leader leader = leaderAfter(request.fromEpoch());
			if (leader == null && known.state() == State.DONE) {
				leader = holderAfter(request);
			}
			long elapsed = this.ticker.nanoTime() - begin;
			if (leader != null) {
				took = (took != null) ? took : Duration.ofNanos(elapsed);
				if (!replaced && known.state() == State.DONE) {
					return done(known, leader, took, remark);
				}
				if (replaced || elapsed >= timeout.toNanos()) {
					return this.outcomes.unknown("Status unknown: " + leader.node + " leads in epoch " + leader.epoch
							+ ", but has not said whether the last leader has handed over to it in order");
				}
			}
			else if (replaced) {
				return this.outcomes.result(Outcome.FAILED,
						"A " + LeaderDesk.describe(known) + " has taken the place of this one");
			}
			if (this.bell.isClosed()) {
				return this.outcomes.unknown("Status unknown: this node is being stopped, and the "
						+ LeaderDesk.describe(request) + " may still be under way");
			}
			if (elapsed >= timeout.toNanos()) {
				return this.withdrawal.giveUp(request, timeout);
			}
			if (leader == null && known.state() == State.REQUESTED && !known.acceptDataLoss()) {
				OperationResult withdrawn = this.withdrawal.afterLeader(request);
				if (withdrawn != null) {
					return withdrawn;
				}
			}
			Duration left = timeout.minusNanos(elapsed);
			this.bell.await(rings, (left.compareTo(LOOK) < 0) ? left : LOOK);
		}
	}

	private OperationResult done(LeadershipRequest request, Leader leader, Duration took, String remark) {
		String leads = leader.node + " leads in epoch " + leader.epoch + ", " + took.toMillis()
				+ " ms after it was asked for";
		String loss = LeaderDesk.after(". ", request.message());
		if (!leader.node.equals(request.target())) {
			return new OperationResult(Outcome.FAILED, leads + ", instead of " + request.target() + loss, leader.node,
					leader.epoch);
		}
		return new OperationResult(LeaderDesk.outcome(request), leads + remark + loss, leader.node, leader.epoch);
	}

	private String lastFailure(LeadershipRequest request) {
		NodeId target = Objects.requireNonNull(request.target());
		return this.view.get()
			.member(target)
			.map((seen) -> seen.member().failure())
			.map((text) -> "; the last failure of " + target + " was: " + text)
			.orElse("");
	}

	/**
	 * Returns a leader that has completed its promotion.
	 */
	private @Nullable Leader leaderAfter(long epoch) {
		if (this.leadership.isLeader() && this.leadership.epoch().value() > epoch) {
			return new Leader(this.identity.nodeId(), this.leadership.epoch().value());
		}
		return this.view.get()
			.members()
			.stream()
			.filter(Seen::alive)
			.map(Seen::member)
			.filter((member) -> member.role() == ClusterRole.LEADER && member.epoch() > epoch)
			.map((member) -> new Leader(member.nodeId(), member.epoch()))
			.max(Comparator.comparing(Leader::epoch))
			.orElse(null);
	}

	/**
	 * Returns the target of a request that is done if it holds the lease.
	 */
	private @Nullable Leader holderAfter(LeadershipRequest request) {
		return this.leadership.leader()
			.filter((it) -> it.nodeId().equals(request.target()) && it.epoch().value() > request.fromEpoch())
			.map((it) -> new Leader(it.nodeId(), it.epoch().value()))
			.orElse(null);
	}

	private record Leader(NodeId node, long epoch) {
	}

}
