package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.ElectionStatus;
import io.hacluster.election.LeaderElector;
import io.hacluster.election.LeaseStore;
import io.hacluster.operation.ElectionPolicy;

/**
 * Makes an elector each time the node enters the election, and adds up how they did.
 * Thread-safe.
 */
final class Electors implements Supplier<LeaderElector> {

	private final LeaseStore store;

	private final NodeIdentity identity;

	private final ElectionSettings settings;

	private final ElectionPolicy policy;

	private @Nullable LeaderElector current;

	private ElectionStatus former = new ElectionStatus(false, false, null, null, Duration.ZERO, Duration.ZERO, 0, 0, 0,
			0);

	Electors(LeaseStore store, NodeIdentity identity, ElectionSettings settings, ElectionPolicy policy) {
		this.store = store;
		this.identity = identity;
		this.settings = settings;
		this.policy = policy;
	}

	@Override
	public synchronized LeaderElector get() {
		this.former = status();
		LeaderElector next = new LeaderElector(this.store, this.identity, this.settings, this.policy, Ticker.SYSTEM,
				new Random());
		this.current = next;
		return next;
	}

	/**
	 * Has the candidate asked again at once.
	 */
	synchronized void reconsider() {
		if (this.current != null) {
			this.current.reconsider();
		}
	}

	/**
	 * Says what keeps this node out of the race, whoever may go first.
	 * @return {@code null} if nothing does
	 */
	@Nullable String obstacle() {
		ElectionStatus now = status();
		if (now.candidate() || this.policy.isAble()) {
			return null;
		}
		if (now.duplicateNodeId()) {
			return "another process has its node id";
		}
		if (now.problem() != null) {
			return now.problem();
		}
		return (now.terms() > 0) ? "it stands aside after its last term" : "it has not entered the election yet";
	}

	/**
	 * Returns how the election goes, with the counts of all electors so far.
	 * @return a snapshot
	 */
	synchronized ElectionStatus status() {
		LeaderElector elector = this.current;
		if (elector == null) {
			return this.former;
		}
		ElectionStatus now = elector.status();
		ElectionStatus before = this.former;
		return new ElectionStatus(now.candidate(), now.duplicateNodeId(), now.problem(),
				(now.lastFailure() != null) ? now.lastFailure() : before.lastFailure(), now.lateness(),
				(now.maxLateness().compareTo(before.maxLateness()) > 0) ? now.maxLateness() : before.maxLateness(),
				now.renewals() + before.renewals(), now.failures() + before.failures(), now.terms() + before.terms(),
				now.losses() + before.losses());
	}

}
