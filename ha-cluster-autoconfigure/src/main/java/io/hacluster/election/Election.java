package io.hacluster.election;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

/**
 * The decisions of one node's election, without threads, waits or calls to the store: it
 * is asked for the next {@link Step}, and told how that ended. It drives two claims, the
 * one to the cluster's lease and the one to this node's own id, which must be held before
 * the node is a candidate. Confined to one thread.
 */
final class Election implements ClaimListener {

	static final String LEADER_KEY = "leader";

	private static final LongSupplier NO_LOG = () -> 0;

	private final ElectionSettings settings;

	private final Candidacy candidacy;

	private final Consumer<ElectionEvent> events;

	private final LeaseClaim leadership;

	private final LeaseClaim identityClaim;

	private final IdentityGuard guard;

	private final ElectionRecord record = new ElectionRecord();

	private Step.@Nullable Pause pause;

	private final KnownLeader leader = new KnownLeader();

	private @Nullable PendingRelease release;

	private boolean leaving;

	private long leaveUntil;

	Election(NodeIdentity identity, ElectionSettings settings, Candidate candidate, Ticker ticker,
			RandomGenerator random, Consumer<ElectionEvent> events) {
		this.settings = settings;
		this.candidacy = new Candidacy(candidate, this.record);
		this.events = events;
		this.guard = new IdentityGuard(identity);
		this.leadership = new LeaseClaim(LEADER_KEY, identity, settings, ticker, random, this);
		this.identityClaim = new LeaseClaim("node." + identity.nodeId(), identity, settings, ticker, random,
				this.guard);
	}

	/**
	 * Decides what to do next.
	 * @param now the reading of the ticker
	 * @return the step to take
	 */
	Step next(long now) {
		noticeGap(now);
		expire(this.leadership);
		expire(this.identityClaim);
		Step step = decide(now);
		publishLeader(now);
		this.pause = (step instanceof Step.Pause planned) ? planned : null;
		return step;
	}

	private Step decide(long now) {
		Step first = nextForLeadership(now);
		if (first instanceof Step.Call) {
			return first;
		}
		// The own id is claimed second: nothing may delay a renewal of the leadership
		Wish wish = this.leaving ? Wish.RELEASE : Wish.HOLD;
		Step second = this.identityClaim.next(now, wish, NO_LOG);
		if (second instanceof Step.Call) {
			return second;
		}
		long until = earlier(((Step.Pause) first).until(), ((Step.Pause) second).until());
		until = earlier(until, deadline(this.leadership, now, until));
		until = this.candidacy.wakeBefore(until, now);
		return new Step.Pause(earlier(until, deadline(this.identityClaim, now, until)));
	}

	private Step nextForLeadership(long now) {
		if (this.release != null) {
			return this.leadership.next(now, Wish.RELEASE, NO_LOG);
		}
		if (this.leaving) {
			return new Step.Pause(now + this.settings.renewInterval().toNanos());
		}
		boolean holding = this.leadership.term() != null;
		boolean identified = this.identityClaim.term() != null && this.guard.duplicate() == null;
		Wish wish = this.candidacy.decide(now, holding, identified) ? Wish.HOLD : Wish.OBSERVE;
		try {
			return this.leadership.next(now, wish, () -> this.candidacy.latestEpoch().value());
		}
		catch (RuntimeException ex) {
			this.candidacy.withdraw(ex);
			return this.leadership.next(now, Wish.OBSERVE, NO_LOG);
		}
	}

	/**
	 * Drops a lease whose holder was not running for longer than the margin, before
	 * anything is asked of the store (invariant I11).
	 */
	private void noticeGap(long now) {
		if (this.pause != null) {
			dropAfterGap(now - this.pause.until());
		}
	}

	private void dropAfterGap(long gap) {
		if (gap > this.settings.margin().toNanos()) {
			this.leadership.lose("this process did not run for " + Duration.ofNanos(gap).toMillis() + " ms");
		}
	}

	private void expire(LeaseClaim claim) {
		Term term = claim.term();
		if (term != null && !term.isValid()) {
			String problem = this.record.storeProblem();
			claim.lose("it was not renewed before its deadline" + ((problem != null) ? ": " + problem : ""));
		}
	}

	private static long deadline(LeaseClaim claim, long now, long otherwise) {
		Term term = claim.term();
		return (term != null) ? now + term.remainingNanos() : otherwise;
	}

	private static long earlier(long time, long other) {
		return (time - other < 0) ? time : other;
	}

	/**
	 * Takes in how a call ended.
	 * @param call the call
	 * @param outcome how it ended
	 * @param sentAt the reading of the ticker before the call was made
	 * @param now the reading after
	 */
	void completed(Step.Call call, Outcome outcome, long sentAt, long now) {
		dropAfterGap(now - sentAt - this.settings.storeTimeout().toNanos());
		if (call.purpose() == Step.Purpose.RENEW && call.claim() == this.leadership) {
			this.record.renewalSent(this.leadership.latenessAt(sentAt));
		}
		this.record.completed(call, outcome);
		call.claim().completed(call, outcome, sentAt, now);
		if (call.claim() == this.leadership && this.release != null
				&& this.release.conclude(this.leadership, outcome, now)) {
			this.release = null;
		}
		if (call.claim() == this.leadership) {
			this.candidacy.observed(this.leadership.observation());
		}
		publishLeader(now);
	}

	/**
	 * Gives the lease back: the term is over at once, the store is told next.
	 * @param epoch the epoch of the term
	 * @param done completed when the store has been told, or cannot be
	 * @param now the reading of the ticker
	 */
	void release(Epoch epoch, CompletableFuture<Boolean> done, long now) {
		Term term = this.leadership.term();
		if (term != null && !term.epoch().equals(epoch)) {
			done.complete(false);
			return;
		}
		if (this.release != null) {
			this.release.done().complete(false);
		}
		if (term != null) {
			this.leadership.relinquish();
		}
		else {
			// Lost before: only a look at the record tells whether there is anything left
			this.leadership.hint();
		}
		this.release = new PendingRelease(epoch, done, now + this.settings.leaseDuration().toNanos());
	}

	/**
	 * Keeps this node from taking the lease for a time.
	 * @param until the reading of the ticker until when
	 */
	void standAside(long until) {
		this.candidacy.standAside(until);
	}

	/**
	 * Keeps this node from taking the lease until told otherwise.
	 * @param out whether to
	 */
	void stayOut(boolean out) {
		this.candidacy.stayOut(out);
	}

	/**
	 * Notes that the machine slept, which the monotonic clock does not show.
	 * @param nanos for how long
	 */
	void slept(long nanos) {
		dropAfterGap(nanos);
	}

	/**
	 * Gives back the claim to the node's id, and takes or renews nothing any more.
	 * @param until the reading of the ticker until when to try
	 */
	void leave(long until) {
		this.leaving = true;
		this.leaveUntil = until;
		this.identityClaim.relinquish();
	}

	/**
	 * Returns whether there is nothing left to do after {@link #leave}.
	 */
	boolean hasLeft(long now) {
		return this.leaving && (now - this.leaveUntil >= 0 || (this.release == null && isIdentityGivenBack()));
	}

	private boolean isIdentityGivenBack() {
		Lease record = this.identityClaim.ownRecord();
		return record == null || record.state() == Lease.State.RELEASED;
	}

	/**
	 * Looks at the record of the leader as soon as possible (invariant I13).
	 */
	void hint() {
		this.leadership.hint();
	}

	ElectionStatus status() {
		return this.record.status(this.candidacy.isRunning(), this.guard.duplicate());
	}

	@Override
	public void granted(Term term) {
		this.record.granted();
		this.events.accept(new ElectionEvent.Granted(term));
	}

	@Override
	public void lost(Term term, String reason) {
		this.record.lost(reason);
		this.events.accept(new ElectionEvent.Lost(term, reason));
	}

	@Override
	public void changed(@Nullable VersionedLease record) {
		// The leader is published after each step
	}

	private void publishLeader(long now) {
		Optional<Lease> changed = this.leader.update(this.leadership, now);
		if (changed != null) {
			this.events.accept(new ElectionEvent.LeaderChanged(changed));
		}
	}

}
