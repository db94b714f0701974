package io.hacluster.operation;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.VersionedLease;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.LeadershipRequest.State;
import io.hacluster.member.MemberReader;
import io.hacluster.member.StateConflictException;
import io.hacluster.member.StateStore;
import io.hacluster.member.Stored;
import io.hacluster.operation.OperationResult.Outcome;

/**
 * What somebody who is no node can ask of the cluster, with access to its store alone:
 * requests are records that the nodes watch, and nobody has to reach a node over the
 * network.
 */
public final class RemoteOperations {

	private static final Duration LOOK = Duration.ofMillis(200);

	private final NodeIdentity identity;

	private final LeaseStore leases;

	private final ControlRecords records;

	private final RequestSlot slot;

	private final MemberReader reader;

	private final Supplier<@Nullable Long> logPosition;

	private final Clock clock;

	private final Ticker ticker;

	/**
	 * Creates the operations.
	 * @param identity who asks, for display
	 * @param state what the nodes tell one another
	 * @param leases the leases
	 * @param logPosition looks up the last transaction in the log, {@code null} if
	 * nothing is replicated
	 * @param clock for the times that are displayed
	 * @param ticker the monotonic clock
	 */
	public RemoteOperations(NodeIdentity identity, StateStore state, LeaseStore leases,
			Supplier<@Nullable Long> logPosition, Clock clock, Ticker ticker) {
		this.identity = identity;
		this.leases = leases;
		this.records = new ControlRecords(state, identity);
		this.slot = new RequestSlot(this.records);
		this.reader = new MemberReader(state, identity, ticker);
		this.logPosition = logPosition;
		this.clock = clock;
		this.ticker = ticker;
	}

	/**
	 * Makes the leader hand over, in order and without loss.
	 * @param target who is to lead, {@code null} for the best of those who qualify
	 * @param timeout how long to wait
	 * @param complete whether to wait for the new leader, rather than for the present one
	 * to begin
	 * @return what came of it
	 * @throws StoreUnavailableException if the store does not answer, and nothing has
	 * been asked for
	 * @throws InterruptedException if interrupted
	 */
	public OperationResult switchover(@Nullable NodeId target, Duration timeout, boolean complete)
			throws InterruptedException {
		ClusterView cluster = this.reader.observe();
		Lease leader = lease().filter((lease) -> lease.state() == Lease.State.HELD).orElse(null);
		if (leader == null) {
			return result(Outcome.REFUSED, "Nobody leads now, so that nobody can hand over");
		}
		if (cluster.pause() != null && target == null) {
			return result(Outcome.REFUSED, "The cluster is paused: name the node that is to lead, or resume first");
		}
		if (!isAlive(cluster, leader.holder())) {
			return result(Outcome.REFUSED,
					"The leader, " + leader.holder() + ", says nothing, so that it cannot hand over: see 'failover'");
		}
		Qualification qualification = new Qualification(cluster, leader.holder(), null);
		NodeId chosen = (target != null) ? target : qualification.best().orElse(null);
		if (chosen == null) {
			return result(Outcome.REFUSED, "No node qualifies: " + qualification.whyNobody());
		}
		String reason = qualification.whyNot(chosen);
		if (reason != null) {
			return result(Outcome.REFUSED, "Not possible: " + reason);
		}
		return ask(request(LeadershipRequest.Kind.SWITCHOVER, chosen, leader.epoch().value(), false), cluster, timeout,
				complete);
	}

	/**
	 * Makes a node leader although it would not become it by itself, and waits for that.
	 * @param target who is to lead
	 * @param acceptDataLoss whether it may be done if transactions may be lost
	 * @param timeout how long to wait
	 * @return what came of it
	 * @throws StoreUnavailableException if the store does not answer, and nothing has
	 * been asked for
	 * @throws InterruptedException if interrupted
	 */
	public OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout)
			throws InterruptedException {
		ClusterView cluster = this.reader.observe();
		Lease last = lease().orElse(null);
		boolean answers = last != null && last.state() == Lease.State.HELD && isAlive(cluster, last.holder());
		String reason = new Qualification(cluster, (answers && last != null) ? last.holder() : null, null)
			.whyNot(target);
		if (reason != null) {
			return result(Outcome.REFUSED, "Not possible: " + reason);
		}
		if (!answers && !acceptDataLoss) {
			Optional<String> loss = new DataLoss(cluster, new Progress(null, this.logPosition.get(), null))
				.afterLeaderIsGone(last);
			if (loss.isPresent()) {
				return result(Outcome.NOT_CONFIRMED, loss.get() + ". Nothing has been changed");
			}
		}
		LeadershipRequest request = request(LeadershipRequest.Kind.FAILOVER, target,
				(last != null) ? last.epoch().value() : 0, acceptDataLoss);
		return ask(answers ? request : request.in(State.ACCEPTED, "Nobody leads"), cluster, timeout, true);
	}

	/**
	 * Has the cluster do nothing by itself.
	 * @param reason why, for people; may be empty
	 * @return done, also if it is paused already
	 * @throws HaClusterException if the store does not take it
	 */
	public OperationResult pause(String reason) {
		Pause pause = this.records.pause(new Pause(reason, this.identity.nodeId(), this.clock.instant()));
		return result(Outcome.DONE, "The cluster has been paused since " + pause.since() + " by " + pause.by()
				+ ": nobody is promoted, nothing is started or stopped until it resumes");
	}

	/**
	 * Ends a pause.
	 * @return done, also if there is none
	 * @throws HaClusterException if the store does not take it
	 */
	public OperationResult resume() {
		return result(Outcome.DONE,
				this.records.resume() ? "The cluster acts by itself again" : "The cluster was not paused");
	}

	private OperationResult ask(LeadershipRequest request, ClusterView cluster, Duration timeout, boolean complete)
			throws InterruptedException {
		long begin = this.ticker.nanoTime();
		Stored<LeadershipRequest> stored;
		try {
			stored = this.slot.submit(request, cluster);
		}
		catch (StateConflictException ex) {
			return result(Outcome.REFUSED, ex.getMessage() + ": wait for its end");
		}
		while (true) {
			stored = current(stored);
			LeadershipRequest known = stored.value();
			long elapsed = this.ticker.nanoTime() - begin;
			switch (known.state()) {
				case REFUSED -> {
					return result(Outcome.REFUSED, LeaderDesk.refusal(known));
				}
				case DONE -> {
					return result(LeaderDesk.outcome(known),
							request.target() + " leads, " + Duration.ofNanos(elapsed).toMillis()
									+ " ms after it was asked for" + LeaderDesk.after(". ", known.message()));
				}
				case FAILED -> {
					return result(Outcome.FAILED, request.target() + " does not lead: " + known.message());
				}
				case ACCEPTED -> {
					if (!complete) {
						return result(Outcome.ACCEPTED,
								"The leader hands over to " + request.target() + "; 'status' shows when it leads");
					}
				}
				case REQUESTED -> {
					// nobody has looked at it yet
				}
			}
			if (elapsed >= timeout.toNanos()) {
				return giveUp(stored, request.state() == State.ACCEPTED, timeout);
			}
			TimeUnit.NANOSECONDS.sleep(Math.min(LOOK.toNanos(), timeout.toNanos() - elapsed));
		}
	}

	/**
	 * Reads the request again. Where the store does not answer for a moment, it is as it
	 * was.
	 */
	private Stored<LeadershipRequest> current(Stored<LeadershipRequest> known) {
		try {
			return this.records.request()
				.filter((stored) -> stored.value().id().equals(known.value().id()))
				.orElse(known);
		}
		catch (StoreUnavailableException ex) {
			return known;
		}
	}

	/**
	 * Takes the request back if that is possible, so that nothing comes of it later.
	 * @param unled whether nobody led from the beginning
	 */
	private OperationResult giveUp(Stored<LeadershipRequest> stored, boolean unled, Duration timeout) {
		String within = " within " + Qualification.seconds(timeout);
		try {
			Long epoch = lease().filter((lease) -> unled || lease.state() == Lease.State.RELEASED)
				.map((lease) -> lease.epoch().value())
				.orElse(null);
			if (this.slot.takeBack(stored, epoch)) {
				return (stored.value().state() == State.REQUESTED)
						? result(Outcome.REFUSED, LeaderDesk.noAnswer(stored.value(), within))
						: result(Outcome.FAILED, stored.value().target() + " has not taken over" + within
								+ ": the request has been taken back, and nobody leads");
			}
		}
		catch (StateConflictException | StoreUnavailableException ex) {
			return result(Outcome.UNKNOWN, "Status unknown: the request cannot be taken back: " + ex.getMessage());
		}
		return result(Outcome.UNKNOWN, "Status unknown: the " + LeaderDesk.describe(stored.value())
				+ " has begun, but no new leader has been seen" + within + ". See 'status'");
	}

	private LeadershipRequest request(LeadershipRequest.Kind kind, NodeId target, long epoch, boolean acceptDataLoss) {
		return new LeadershipRequest(UUID.randomUUID().toString(), kind, epoch, target, acceptDataLoss,
				this.identity.nodeId(), this.clock.instant(), State.REQUESTED, "");
	}

	private Optional<Lease> lease() {
		return this.leases.read("leader").map(VersionedLease::lease);
	}

	private static boolean isAlive(ClusterView cluster, NodeId node) {
		return cluster.member(node).filter(Seen::alive).isPresent();
	}

	private OperationResult result(Outcome outcome, String message) {
		Lease leader = holder();
		return new OperationResult(outcome, message, (leader != null) ? leader.holder() : null,
				(leader != null) ? leader.epoch().value() : 0);
	}

	private @Nullable Lease holder() {
		try {
			return lease().filter((lease) -> lease.state() == Lease.State.HELD).orElse(null);
		}
		catch (StoreUnavailableException ex) {
			return null;
		}
	}

}
