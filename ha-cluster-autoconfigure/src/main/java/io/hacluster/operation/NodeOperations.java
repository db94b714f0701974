package io.hacluster.operation;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStanding;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.Members;
import io.hacluster.member.StateConflictException;
import io.hacluster.operation.OperationResult.Outcome;
import io.hacluster.replication.Replication;

/**
 * The operations as one node carries them out, or passes them on to the leader.
 */
public final class NodeOperations implements ClusterOperations, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(NodeOperations.class);

	private final NodeIdentity identity;

	private final PolicySettings settings;

	private final Leadership leadership;

	private final Members members;

	private final ControlRecords records;

	private final RequestWatch watch;

	private final ElectionPolicy policy;

	private final @Nullable Replication replication;

	private final Outcomes outcomes;

	private final Handover handover;

	private final LeaderDesk desk;

	private final Clock clock;

	private final Bell bell = new Bell();

	/**
	 * Creates the operations of a node.
	 * @param identity the node
	 * @param settings its settings
	 * @param node its lifecycle
	 * @param members the cluster as it sees it
	 * @param records what operators have asked for
	 * @param watch the same, as far as it holds
	 * @param policy knows the lease
	 * @param replication its replication, {@code null} without one
	 * @param clock for the times that are displayed
	 * @param ticker the monotonic clock
	 */
	public NodeOperations(NodeIdentity identity, PolicySettings settings, ClusterLifecycle node, Members members,
			ControlRecords records, RequestWatch watch, ElectionPolicy policy, @Nullable Replication replication,
			Clock clock, Ticker ticker) {
		this.identity = identity;
		this.settings = settings;
		this.leadership = node.leadership();
		this.members = members;
		this.records = records;
		this.watch = watch;
		this.policy = policy;
		this.replication = replication;
		this.outcomes = new Outcomes(this.leadership);
		Withdrawal withdrawal = new Withdrawal(identity, watch, records, this.outcomes, this.leadership,
				policy::standing, members::view, () -> Progress.of(replication), ticker);
		this.handover = new Handover(identity, records, withdrawal, this.outcomes, this.leadership, members::view,
				this.bell, ticker);
		this.desk = new LeaderDesk(identity, records, watch, this.leadership, members::view, settings.maxLag(),
				node::stepDown, policy::loss);
		this.clock = clock;
	}

	/**
	 * Begins to obey. Returns at once; does nothing if that has been called before.
	 * @param interval how often to look for a request besides being told of it
	 * @param changed called after each change of the cluster that may matter to the
	 * election
	 */
	public void start(Duration interval, Runnable changed) {
		this.bell.open();
		this.watch.start(this.members, interval, () -> {
			this.bell.ring();
			changed.run();
			this.desk.run();
		});
	}

	/**
	 * Ends that. Whoever waits for an operation is told so.
	 */
	@Override
	public void close() {
		this.bell.close();
		this.policy.begin();
		this.watch.close();
	}

	@Override
	public OperationResult stepDown() {
		if (this.members.view().pause() != null) {
			return this.outcomes.refused("The cluster is paused, so that nobody would take over: "
					+ "name the node that is to, or resume first");
		}
		if (!this.leadership.stepDown()) {
			return this.outcomes.refused("This node does not lead" + leaderIs());
		}
		return this.outcomes.result(Outcome.ACCEPTED,
				"This node steps down and stays out of the race for one lease duration");
	}

	@Override
	public OperationResult switchover(@Nullable NodeId target, Duration timeout) {
		Leadership.Leader leader = this.leadership.leader().orElse(null);
		if (leader == null) {
			return this.outcomes.refused("Nobody leads now, so that nobody can hand over");
		}
		ClusterView cluster = this.members.view();
		if (cluster.pause() != null && target == null) {
			return this.outcomes.refused("The cluster is paused: name the node that is to lead, or resume first");
		}
		Qualification qualification = new Qualification(cluster, leader.nodeId(), this.settings.maxLag());
		NodeId chosen = (target != null) ? target : qualification.best().orElse(null);
		if (chosen == null) {
			return this.outcomes.refused("No node qualifies: " + qualification.whyNobody());
		}
		String reason = qualification.whyNot(chosen);
		if (reason != null) {
			return this.outcomes.refused("Not possible: " + reason);
		}
		LeadershipRequest request = request(LeadershipRequest.Kind.SWITCHOVER, chosen, leader.epoch().value(), false);
		return this.handover.ask(request, timeout, "");
	}

	@Override
	public OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout) {
		ClusterView cluster = this.members.view();
		Leadership.Leader leader = this.leadership.leader().orElse(null);
		String reason = new Qualification(cluster, (leader != null) ? leader.nodeId() : null, null).whyNot(target);
		if (reason != null) {
			return this.outcomes.refused("Not possible: " + reason);
		}
		LeaseStanding standing = this.policy.standing().orElse(null);
		if (standing == null) {
			return this.outcomes.refused("This node has not seen the lease yet: ask again, or ask another node");
		}
		Lease last = standing.lease();
		boolean answers = leader != null && cluster.member(leader.nodeId()).filter(Seen::alive).isPresent();
		if (!answers && !acceptDataLoss) {
			Optional<String> loss = new DataLoss(cluster, Progress.of(this.replication)).afterLeaderIsGone(last);
			if (loss.isPresent()) {
				return this.outcomes.result(Outcome.NOT_CONFIRMED,
						loss.get() + ". Nothing has been changed; say that data loss is accepted to go on");
			}
		}
		long epoch = (last != null) ? last.epoch().value() : 0;
		LeadershipRequest request = request(LeadershipRequest.Kind.FAILOVER, target, epoch, acceptDataLoss);
		if (leader == null) {
			request = request.in(LeadershipRequest.State.ACCEPTED, "Nobody leads");
		}
		return this.handover.ask(request, timeout, DataLoss.behind(cluster, target, Progress.of(this.replication)));
	}

	@Override
	public OperationResult pause(String reason) {
		try {
			Pause pause = this.records.pause(new Pause(reason, this.identity.nodeId(), this.clock.instant()));
			logger.info("[{}] The cluster is paused: {}", this.identity, pause.reason());
			return this.outcomes.result(Outcome.DONE, "The cluster has been paused since " + pause.since() + " by "
					+ pause.by() + ": nobody is promoted, nothing is started or stopped until it resumes");
		}
		catch (StoreUnavailableException | StateConflictException ex) {
			return this.outcomes.unknown("Status unknown: " + ex.getMessage());
		}
	}

	@Override
	public OperationResult resume() {
		try {
			boolean ended = this.records.resume();
			logger.info("[{}] The cluster is not paused", this.identity);
			return this.outcomes.result(Outcome.DONE,
					ended ? "The cluster acts by itself again" : "The cluster was not paused");
		}
		catch (StoreUnavailableException | StateConflictException ex) {
			return this.outcomes.unknown("Status unknown: " + ex.getMessage());
		}
	}

	@Override
	public OperationResult snapshot() {
		Replication present = this.replication;
		return (present != null && present.requestSnapshot())
				? this.outcomes.result(Outcome.ACCEPTED,
						"A snapshot is taken, unless nothing has changed since the last one")
				: this.outcomes.refused("This node takes no snapshots now" + leaderIs());
	}

	private LeadershipRequest request(LeadershipRequest.Kind kind, NodeId target, long epoch, boolean acceptDataLoss) {
		String id = UUID.randomUUID().toString();
		return new LeadershipRequest(id, kind, epoch, target, acceptDataLoss, this.identity.nodeId(),
				this.clock.instant(), LeadershipRequest.State.REQUESTED, "");
	}

	private String leaderIs() {
		return "; the leader is " + this.leadership.leader().map((known) -> known.nodeId().value()).orElse("not known");
	}

}
