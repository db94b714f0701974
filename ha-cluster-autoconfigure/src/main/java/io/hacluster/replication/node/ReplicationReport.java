package io.hacluster.replication.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.Ticker;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.ReplicationStatus.Counters;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.follower.Follower;
import io.hacluster.replication.follower.FollowerCounters;
import io.hacluster.replication.follower.FollowerProgress;
import io.hacluster.replication.primary.PrimaryStatus;

/**
 * Puts together how replication is, from whatever is at work. Thread-safe.
 */
final class ReplicationReport {

	private static final Duration LISTING_INTERVAL = Duration.ofSeconds(10);

	private final Ticker ticker;

	private final FollowerCounters counters = new FollowerCounters();

	private volatile @Nullable Follower follower;

	private volatile @Nullable ReplicationTerm term;

	private final Supplier<List<DivergedDatabase>> listing;

	private final AtomicLong divergences = new AtomicLong();

	private volatile List<DivergedDatabase> diverged;

	private volatile long listedAt;

	private volatile Epoch epoch = Epoch.NONE;

	private volatile long txid;

	private volatile @Nullable PrimaryStatus former;

	/**
	 * Creates a report.
	 * @param listing lists what has been set aside
	 * @param ticker for when to list again
	 */
	ReplicationReport(Supplier<List<DivergedDatabase>> listing, Ticker ticker) {
		this.listing = listing;
		this.ticker = ticker;
		this.diverged = listing.get();
		this.listedAt = ticker.nanoTime();
	}

	FollowerCounters counters() {
		return this.counters;
	}

	void following(Follower started) {
		this.follower = started;
	}

	void leading(ReplicationTerm begun) {
		this.term = begun;
	}

	void stopped() {
		Follower ended = this.follower;
		if (ended != null) {
			epoch(ended.progress().epoch());
			this.txid = ended.progress().txid();
		}
		this.follower = null;
	}

	/**
	 * Adds up what ended terms have counted.
	 */
	synchronized void ended(ReplicationTerm term) {
		PrimaryStatus last = term.primary().status();
		this.txid = last.txid();
		this.former = sum(this.former, last);
		this.term = null;
	}

	void diverged() {
		this.divergences.incrementAndGet();
		this.diverged = this.listing.get();
	}

	/**
	 * What has been set aside is an operator's to delete, and then is not to be told of
	 * any more.
	 */
	private List<DivergedDatabase> currentlyDiverged() {
		long now = this.ticker.nanoTime();
		if (!this.diverged.isEmpty() && now - this.listedAt >= LISTING_INTERVAL.toNanos()) {
			this.listedAt = now;
			this.diverged = this.listing.get();
		}
		return this.diverged;
	}

	void epoch(Epoch seen) {
		if (seen.compareTo(this.epoch) > 0) {
			this.epoch = seen;
		}
	}

	Epoch epoch() {
		Follower current = this.follower;
		Epoch seen = (current != null) ? current.progress().epoch() : Epoch.NONE;
		return (seen.compareTo(this.epoch) > 0) ? seen : this.epoch;
	}

	ReplicationStatus status() {
		ReplicationTerm led = this.term;
		Follower followed = this.follower;
		if (led != null) {
			PrimaryStatus status = led.primary().status();
			return new ReplicationStatus(status.state(), status.txid(), status.txid(), status.lag(), status.failure(),
					currentlyDiverged(), counters(sum(this.former, status)));
		}
		if (followed != null) {
			FollowerProgress progress = followed.progress();
			return new ReplicationStatus(progress.state(), progress.txid(), progress.logTxid(), followed.lag(),
					progress.failure(), currentlyDiverged(), counters(this.former));
		}
		return new ReplicationStatus(State.STOPPED, this.txid, this.txid, Duration.ZERO, null, currentlyDiverged(),
				counters(this.former));
	}

	private Counters counters(@Nullable PrimaryStatus primary) {
		FollowerCounters own = this.counters;
		if (primary == null) {
			return new Counters(0, 0, own.batches(), own.bytes(), 0, own.checkpoints(), own.restores(),
					own.storeErrors(), 0, this.divergences.get(), ReplicationStatus.Upkeep.NONE, Duration.ZERO);
		}
		return new Counters(primary.batches(), primary.bytes(), own.batches(), own.bytes(), primary.snapshots(),
				primary.checkpoints() + own.checkpoints(), own.restores(), primary.storeErrors() + own.storeErrors(),
				primary.fenceRejections(), this.divergences.get(), primary.upkeep(), primary.longestBarrier());
	}

	private static PrimaryStatus sum(@Nullable PrimaryStatus former, PrimaryStatus status) {
		if (former == null) {
			return status;
		}
		return new PrimaryStatus(status.state(), status.txid(), status.pendingFrames(), status.lag(), status.failure(),
				former.batches() + status.batches(), former.bytes() + status.bytes(),
				former.snapshots() + status.snapshots(), former.checkpoints() + status.checkpoints(),
				former.storeErrors() + status.storeErrors(), former.fenceRejections() + status.fenceRejections(),
				former.upkeep().plus(status.upkeep()), (former.longestBarrier().compareTo(status.longestBarrier()) > 0)
						? former.longestBarrier() : status.longestBarrier());
	}

}
