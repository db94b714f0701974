package io.hacluster.operation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.Candidate;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStanding;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.Member;
import io.hacluster.replication.Replication;

/**
 * Whether a node that could lead runs for the lease now: not if it is never to lead, not
 * while the cluster is paused, and at first not while a better node is there or an
 * operator has named another one.
 * <p>
 * The last two hold for one lease duration from when the lease is free. A node that is
 * further behind, or comes later, is still better than none: what it has not applied it
 * applies before it leads, so that being behind costs time and no transaction. And what
 * the nodes say of one another can be wrong, while the lease cannot: after that time
 * whoever gets the lease leads (invariant I18).
 * <p>
 * Nothing safe rests on this. It only looks at what is known already and never waits.
 * Asked on one thread; may be looked at on any.
 */
public final class ElectionPolicy implements Candidate {

	private static final Logger logger = LoggerFactory.getLogger(ElectionPolicy.class);

	private final NodeIdentity identity;

	private final PolicySettings settings;

	private final Candidate node;

	private final Supplier<Progress> progress;

	private final Supplier<ClusterView> view;

	private final Supplier<Optional<LeadershipRequest>> request;

	private final Predicate<LeadershipRequest> found;

	private final Ticker ticker;

	private final Map<NodeId, String> tried = new HashMap<>();

	private volatile @Nullable LeaseStanding standing;

	private @Nullable Long openFrom;

	private boolean informed;

	private volatile boolean begins;

	private @Nullable String reason;

	private volatile boolean able;

	private volatile @Nullable String loss;

	/**
	 * Creates a policy.
	 * @param identity this node
	 * @param settings what decides
	 * @param node whether the node could lead, apart from the others
	 * @param replication its replication, {@code null} without one
	 * @param view the cluster as it sees it
	 * @param watch what an operator asks for at present
	 * @param ticker the monotonic clock of the election
	 */
	public ElectionPolicy(NodeIdentity identity, PolicySettings settings, Candidate node,
			@Nullable Replication replication, Supplier<ClusterView> view, RequestWatch watch, Ticker ticker) {
		this(identity, settings, node, () -> Progress.of(replication), view, watch::open, watch::isFound, ticker);
	}

	ElectionPolicy(NodeIdentity identity, PolicySettings settings, Candidate node, Supplier<Progress> progress,
			Supplier<ClusterView> view, Supplier<Optional<LeadershipRequest>> request,
			Predicate<LeadershipRequest> found, Ticker ticker) {
		this.identity = identity;
		this.settings = settings;
		this.node = node;
		this.progress = progress;
		this.view = view;
		this.request = request;
		this.found = found;
		this.ticker = ticker;
	}

	@Override
	public boolean isEligible() {
		this.able = this.node.isEligible();
		if (!this.able) {
			return false;
		}
		String why = whyNot();
		if (why != null && !why.equals(this.reason)) {
			logger.info("[{}] Does not run: {}", this.identity, why);
		}
		this.reason = why;
		return why == null;
	}

	@Override
	public Epoch latestEpoch() {
		return this.node.latestEpoch();
	}

	@Override
	public void observed(LeaseStanding standing) {
		LeaseStanding before = this.standing;
		this.standing = standing;
		Lease lease = standing.lease();
		if (lease != null) {
			remember(lease);
		}
		if (lease != null && lease.state() == Lease.State.HELD && lease.nonce().equals(this.identity.nonce())) {
			// After its term the node stands aside, and is not asked before that ends
			this.able = false;
			if (before == null || epoch(before) != lease.epoch().value()) {
				this.loss = lossAfter((before != null) ? before.lease() : null);
			}
		}
	}

	/**
	 * Says what may be lost by the lease that this node has just taken. It was given back
	 * or had run out, as nobody but who takes it knows for sure.
	 */
	private @Nullable String lossAfter(@Nullable Lease last) {
		if (last == null || last.state() != Lease.State.HELD || last.nonce().equals(this.identity.nonce())) {
			return null;
		}
		return new DataLoss(this.view.get(), this.progress.get()).afterLeaderIsGone(last).orElse(null);
	}

	/**
	 * Remembers who has held the lease since a leader has last completed its promotion,
	 * so that nodes that fail to cannot keep out another one between them.
	 */
	private void remember(Lease lease) {
		if (this.view.get().members().stream().map(Seen::member).anyMatch((member) -> leads(member, lease))) {
			this.tried.clear();
		}
		this.tried.put(lease.holder(), lease.nonce());
	}

	private static boolean leads(Member member, Lease lease) {
		return member.role() == ClusterRole.LEADER && member.epoch() == lease.epoch().value();
	}

	/**
	 * Returns whether this node could lead when it was asked last, whoever goes first and
	 * whether or not the cluster is paused.
	 * @return false also since it has led, until it is asked again
	 */
	public boolean isAble() {
		return this.able;
	}

	/**
	 * Returns the lease as this node last saw it.
	 * @return empty before it has been read
	 */
	Optional<LeaseStanding> standing() {
		return Optional.ofNullable(this.standing);
	}

	/**
	 * Says what may be lost by the last term of this node, since the leader before had
	 * not handed over to it.
	 * @return empty if nothing can be
	 */
	Optional<String> loss() {
		return Optional.ofNullable(this.loss);
	}

	/**
	 * Has this node learn anew whether the cluster is paused, before it runs again.
	 */
	void begin() {
		this.begins = true;
	}

	private @Nullable String whyNot() {
		LeaseStanding lease = this.standing;
		if (this.settings.priority() == 0) {
			return "its priority is 0";
		}
		if (lease == null) {
			return "the lease has not been read yet";
		}
		if (this.begins) {
			this.begins = false;
			this.informed = false;
			this.openFrom = null;
		}
		long now = this.ticker.nanoTime();
		ClusterView cluster = this.view.get();
		if (!isInformed(cluster, now)) {
			return "it does not know yet whether the cluster is paused";
		}
		LeadershipRequest asked = this.request.get()
			.filter((it) -> it.fromEpoch() >= epoch(lease) && (isAgreed(it) || isLossless(lease)))
			.orElse(null);
		NodeId target = (asked != null) ? asked.target() : null;
		boolean named = this.identity.nodeId().equals(target);
		if (cluster.pause() != null) {
			this.openFrom = now;
			// One that stood when this process began may be one that all have given up
			boolean holds = asked != null && !this.found.test(asked) && isAgreed(asked);
			return (named && holds) ? null : "the cluster is paused";
		}
		if (named || isOpenToAll(lease, now)) {
			return null;
		}
		if (target != null && cluster.member(target).filter(Seen::alive).isPresent()) {
			return "it leaves the race to " + target + ", as an operator has asked for";
		}
		return cluster.members()
			.stream()
			.filter(this::isBetter)
			.findFirst()
			.map((seen) -> "it leaves the race to " + seen.member().nodeId() + ", which is the better one")
			.orElse(null);
	}

	private static boolean isAgreed(LeadershipRequest request) {
		return request.state() == LeadershipRequest.State.ACCEPTED || request.acceptDataLoss();
	}

	/**
	 * Returns whether a lease that is free leaves nothing behind that the log lacks. If
	 * not, a request that the last leader has never answered does not decide who is next.
	 */
	private boolean isLossless(LeaseStanding standing) {
		Lease lease = standing.lease();
		return lease == null || lease.state() != Lease.State.HELD || this.progress.get().logPosition() == null;
	}

	/**
	 * Returns whether this node has once seen the records of the cluster, or has tried
	 * for long enough: a pause outlasts the processes, but cannot be told by a store that
	 * is away.
	 */
	private boolean isInformed(ClusterView cluster, long now) {
		if (this.openFrom == null) {
			this.openFrom = now;
		}
		this.informed |= cluster.current() || hasPassed(this.openFrom, now);
		return this.informed;
	}

	private boolean isOpenToAll(LeaseStanding lease, long now) {
		long asked = Objects.requireNonNull(this.openFrom);
		return hasPassed((lease.freeFrom() - asked > 0) ? lease.freeFrom() : asked, now);
	}

	private boolean hasPassed(long since, long now) {
		return now - since >= this.settings.leaseDuration().toNanos();
	}

	/**
	 * Returns whether a node goes first. Not one that has held the lease until now: it
	 * has given it up, or it has died and is not yet seen to be gone. Nor one that has
	 * held it since there was a leader, and has not become one.
	 */
	private boolean isBetter(Seen seen) {
		Member other = seen.member();
		boolean former = other.nonce().equals(this.tried.get(other.nodeId()));
		if (former || !seen.alive() || !other.eligible() || other.priority() == 0
				|| other.nodeId().equals(this.identity.nodeId())) {
			return false;
		}
		Progress own = this.progress.get();
		Duration maxLag = this.settings.maxLag();
		return Rank.of(other.lag(), other.position(), other.priority(), maxLag)
			.compareTo(Rank.of(own.lag(), own.position(), this.settings.priority(), maxLag)) > 0;
	}

	private static long epoch(LeaseStanding standing) {
		Lease lease = standing.lease();
		return (lease != null) ? lease.epoch().value() : 0;
	}

}
