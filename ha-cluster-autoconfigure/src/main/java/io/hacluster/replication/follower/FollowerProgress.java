package io.hacluster.replication.follower;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.follower.FollowerEvent.Reached;
import io.hacluster.replication.follower.FollowerEvent.Received;

/**
 * How far a follower is, for those who ask or wait. Written by the follower's thread
 * alone, but for {@link #known(long)}, read by any.
 */
public final class FollowerProgress {

	private final FollowerLag lag;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private volatile State state = State.STOPPED;

	private volatile long txid;

	private final AtomicLong log = new AtomicLong();

	private volatile LogOffset processed = LogOffset.START;

	private volatile long reachedTail;

	private volatile Epoch epoch = Epoch.NONE;

	private volatile @Nullable String failure;

	private volatile @Nullable String trouble;

	private volatile @Nullable Received taken;

	private volatile boolean settled;

	private volatile boolean judged;

	private volatile boolean ended;

	FollowerProgress(FollowerLag lag) {
		this.lag = lag;
	}

	FollowerLag lag() {
		return this.lag;
	}

	public void state(State newState) {
		this.state = newState;
		signal();
	}

	void applied(long newTxid, LogOffset offset) {
		this.txid = newTxid;
		known(newTxid);
		this.processed = offset;
		this.taken = null;
		signal();
	}

	/**
	 * Notes that the log holds a transaction. May be called by the thread of a tail.
	 */
	void known(long seen) {
		this.log.accumulateAndGet(seen, Math::max);
	}

	void received(Received file) {
		if (this.taken == null) {
			this.taken = file;
		}
	}

	void restart(long newTxid, long newLogTxid, LogOffset offset) {
		this.taken = null;
		this.txid = newTxid;
		this.log.set(newLogTxid);
		this.processed = offset;
		signal();
	}

	void reached(Reached reached) {
		if (reached.offset().compareTo(this.processed) > 0) {
			this.processed = reached.offset();
		}
		this.reachedTail = reached.tail();
		this.lag.level(reached.at());
		signal();
	}

	void passed(LogOffset offset) {
		if (offset.compareTo(this.processed) > 0) {
			this.processed = offset;
		}
		signal();
	}

	public void epoch(Epoch seen) {
		if (seen.compareTo(this.epoch) > 0) {
			this.epoch = seen;
		}
	}

	void failed(String reason) {
		this.failure = reason;
		signal();
	}

	void recovered() {
		this.failure = null;
	}

	/**
	 * Notes what is wrong for longer than one event.
	 * @param reason what, null if it is over
	 */
	void trouble(@Nullable String reason) {
		this.trouble = reason;
	}

	void settled() {
		this.settled = true;
		signal();
	}

	void judged() {
		this.judged = true;
		settled();
	}

	void ended() {
		this.ended = true;
		this.state = State.STOPPED;
		signal();
	}

	public State state() {
		return this.state;
	}

	public long txid() {
		return this.txid;
	}

	public long logTxid() {
		return this.log.get();
	}

	LogOffset processed() {
		return this.processed;
	}

	public Epoch epoch() {
		return this.epoch;
	}

	public @Nullable String failure() {
		String current = this.failure;
		return (current != null) ? current : this.trouble;
	}

	/**
	 * Returns how long the log has been ahead of the replica.
	 * @param waiting the oldest file that waits for its turn, null if none does
	 * @return the lag
	 */
	Duration lag(@Nullable Received waiting) {
		Received first = this.taken;
		Received oldest = (first != null) ? first : waiting;
		boolean behind = this.txid < logTxid() || this.state == State.RESTORING;
		return this.lag.lag((oldest != null) ? oldest.shippedAt() : null, isFailing(), behind);
	}

	boolean isFailing() {
		return this.failure != null;
	}

	public boolean isJudged() {
		return this.judged;
	}

	public boolean isSettled() {
		return this.settled;
	}

	public boolean hasReached(LogOffset offset) {
		return this.reachedTail > 0 && this.processed.compareTo(offset) >= 0;
	}

	boolean hasReachedOnTail(long tail) {
		return this.reachedTail >= tail;
	}

	/**
	 * Waits.
	 * @param condition for what
	 * @param timeout how long
	 * @return whether the condition holds
	 * @throws InterruptedException if interrupted
	 * @throws HaClusterException if the follower has ended
	 */
	public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
		long left = timeout.toNanos();
		this.lock.lockInterruptibly();
		try {
			while (!condition.getAsBoolean()) {
				if (this.ended) {
					throw new HaClusterException("The follower has been stopped");
				}
				if (left <= 0) {
					return false;
				}
				left = this.changed.awaitNanos(left);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void signal() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
