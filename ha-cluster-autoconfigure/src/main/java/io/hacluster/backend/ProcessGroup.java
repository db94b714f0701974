package io.hacluster.backend;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import io.hacluster.Ticker;

/**
 * A process group whose first process leads a session of its own, as a whole.
 */
final class ProcessGroup {

	private static final long POLL_NANOS = 10_000_000;

	private final long id;

	private final ProcessSignals signals;

	private final ProcessTable table;

	ProcessGroup(long id, ProcessSignals signals, ProcessTable table) {
		this.id = id;
		this.signals = signals;
		this.table = table;
	}

	long id() {
		return this.id;
	}

	/**
	 * Returns whether any process of the group still runs.
	 */
	boolean isAlive() {
		if (this.table.isAvailable()) {
			// The list also has those that made a group of their own within the session,
			// but asking for the first process alone is cheaper.
			return this.table.startTime(this.id).isPresent() || !this.table.members(this.id).isEmpty();
		}
		return this.signals.signalGroup(this.id, 0) || this.signals.signal(this.id, 0);
	}

	/**
	 * Asks all to end.
	 */
	void signal(StopSignal signal) {
		send(signal.number());
	}

	/**
	 * Kills all, again and again until none is left.
	 * @return whether none is left
	 */
	boolean kill(Duration timeout) {
		long deadline = Ticker.SYSTEM.nanoTime() + timeout.toNanos();
		do {
			send(ProcessSignals.KILL);
			for (long member : this.table.isAvailable() ? this.table.members(this.id) : List.<Long>of()) {
				this.signals.signal(member, ProcessSignals.KILL);
			}
			if (!isAlive()) {
				return true;
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
		while (Ticker.SYSTEM.nanoTime() - deadline < 0);
		return !isAlive();
	}

	/**
	 * Waits until none is left. The kernel tells nobody but a parent, hence the polling.
	 * @return whether none is left
	 */
	boolean awaitEnd(Duration timeout) throws InterruptedException {
		long deadline = Ticker.SYSTEM.nanoTime() + timeout.toNanos();
		while (isAlive()) {
			if (Ticker.SYSTEM.nanoTime() - deadline >= 0) {
				return false;
			}
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
		return true;
	}

	private void send(int signal) {
		// Before the first process has made its session there is no such group.
		if (!this.signals.signalGroup(this.id, signal)) {
			this.signals.signal(this.id, signal);
		}
	}

}
