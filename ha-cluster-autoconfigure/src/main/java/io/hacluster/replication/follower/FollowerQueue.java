package io.hacluster.replication.follower;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.follower.FollowerEvent.Received;

/**
 * Hands what a tail tells to the thread that applies it, and makes the tail wait while
 * too much is on its way. Thread-safe.
 */
final class FollowerQueue {

	private static final long LIMIT = 64L << 20;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition notFull = this.lock.newCondition();

	private final Condition notEmpty = this.lock.newCondition();

	private final Deque<FollowerEvent> events = new ArrayDeque<>();

	private long weight;

	private boolean woken;

	/**
	 * Adds an event, when there is room for it.
	 * @param event the event
	 * @param abandoned whether nobody wants it any more
	 */
	void put(FollowerEvent event, BooleanSupplier abandoned) {
		this.lock.lock();
		try {
			while (this.weight > LIMIT && !abandoned.getAsBoolean()) {
				this.notFull.await();
			}
			if (abandoned.getAsBoolean()) {
				discard(event);
				return;
			}
			this.events.add(event);
			this.weight += weight(event);
			this.notEmpty.signal();
		}
		catch (InterruptedException ex) {
			discard(event);
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes the next event.
	 * @param nanos how long to wait
	 * @return the event; null if none came in time or {@link #wake()} was called
	 */
	@Nullable FollowerEvent take(long nanos) {
		this.lock.lock();
		try {
			long left = nanos;
			while (this.events.isEmpty() && !this.woken && left > 0) {
				left = this.notEmpty.awaitNanos(left);
			}
			this.woken = false;
			FollowerEvent event = this.events.poll();
			if (event != null) {
				this.weight -= weight(event);
				this.notFull.signalAll();
			}
			return event;
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns when the oldest file in here came.
	 * @return the first file, null if there is none
	 */
	@Nullable Received firstFile() {
		this.lock.lock();
		try {
			for (FollowerEvent event : this.events) {
				if (event instanceof Received received) {
					return received;
				}
			}
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isEmpty() {
		this.lock.lock();
		try {
			return this.events.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Makes all who wait look again.
	 */
	void wake() {
		this.lock.lock();
		try {
			this.woken = true;
			this.notEmpty.signalAll();
			this.notFull.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Discards everything and waits.
	 * @param nanos for how long
	 * @param until what ends the wait, after {@link #wake()}
	 */
	void pause(long nanos, BooleanSupplier until) {
		this.lock.lock();
		try {
			clear();
			long left = nanos;
			while (!until.getAsBoolean() && left > 0) {
				left = this.notEmpty.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Discards everything.
	 */
	void clear() {
		this.lock.lock();
		try {
			this.events.forEach(FollowerQueue::discard);
			this.events.clear();
			this.weight = 0;
			this.notFull.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static IllegalStateException interrupted(InterruptedException cause) {
		return new IllegalStateException("The thread of a follower must not be interrupted", cause);
	}

	private static long weight(FollowerEvent event) {
		return (event instanceof Received received) ? received.file().weight() : 0;
	}

	private static void discard(FollowerEvent event) {
		if (event instanceof Received received) {
			received.file().discard();
		}
	}

}
