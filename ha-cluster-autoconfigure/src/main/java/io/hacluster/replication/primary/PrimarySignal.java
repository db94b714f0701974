package io.hacluster.replication.primary;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes the one thread that ships. A signal given while nobody waits is kept.
 */
final class PrimarySignal {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition given = this.lock.newCondition();

	private boolean pending;

	private boolean committed;

	private volatile boolean urgent;

	void give() {
		this.lock.lock();
		try {
			this.pending = true;
			this.given.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives the signal that something may have been committed.
	 */
	void giveCommit() {
		this.lock.lock();
		try {
			this.committed = true;
			this.given.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives a signal to somebody who should come to an end soon.
	 */
	void giveUrgently() {
		this.urgent = true;
		give();
	}

	/**
	 * Returns whether whoever waits for something in the meantime should give that up.
	 */
	boolean isUrgent() {
		return this.urgent;
	}

	/**
	 * Tells that what was urgent is being seen to.
	 */
	void clearUrgent() {
		this.urgent = false;
	}

	/**
	 * Waits for a signal.
	 * @param nanos how long at most; not at all if not positive
	 * @return whether there was one
	 */
	boolean await(long nanos) {
		this.lock.lock();
		try {
			long left = nanos;
			while (!this.pending && !this.committed && left > 0) {
				left = this.given.awaitNanos(left);
			}
			boolean result = this.pending || this.committed;
			this.pending = false;
			this.committed = false;
			return result;
		}
		catch (InterruptedException ex) {
			// nobody who may interrupts this thread: it ends when told to
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for a signal that is not that of a commit, which is kept.
	 * @param nanos how long at most; not at all if not positive
	 */
	void awaitOtherThanCommit(long nanos) {
		this.lock.lock();
		try {
			long left = nanos;
			while (!this.pending && left > 0) {
				left = this.given.awaitNanos(left);
			}
			this.pending = false;
		}
		catch (InterruptedException ex) {
			// as above
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits a time that a signal does not shorten.
	 */
	void pause(long nanos) {
		this.lock.lock();
		try {
			Condition never = this.lock.newCondition();
			never.await(nanos, TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			// as above
		}
		finally {
			this.lock.unlock();
		}
	}

}
