package io.hacluster.replication.follower;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Makes checkpoints of a replica and its position durable, on a thread of its own, so
 * that nothing in the path of a transaction waits for the disk. All but the thread's own
 * work is called by one thread.
 */
final class ReplicaKeeper {

	private static final Logger logger = LoggerFactory.getLogger(ReplicaKeeper.class);

	private final ReplicaDatabase database;

	private final Supplier<ReplicaPosition> position;

	private final PositionFile file;

	private final FollowerSettings settings;

	private final FollowerCounters counters;

	private final NodeIdentity node;

	private final Thread thread;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private ReplicaPosition durable;

	private boolean closing;

	private int signalledAt;

	ReplicaKeeper(ReplicaDatabase database, Supplier<ReplicaPosition> position, PositionFile file,
			FollowerSettings settings, FollowerCounters counters, NodeIdentity node) {
		this.database = database;
		this.position = position;
		this.file = file;
		this.settings = settings;
		this.counters = counters;
		this.node = node;
		this.durable = position.get();
		this.thread = new Thread(this::run, "ha-replica-checkpoint-" + node.cluster());
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Wakes the thread once for so many frames: while a reader keeps the log from being
	 * emptied, not each transaction is worth an attempt.
	 */
	void written() {
		int frames = this.database.frames();
		this.signalledAt = Math.min(this.signalledAt, frames);
		if (frames - this.signalledAt >= this.settings.checkpointPages()) {
			this.signalledAt = frames;
			this.lock.lock();
			try {
				this.changed.signalAll();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Ends the thread.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closing = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.thread.join(this.settings.closeTimeout().toMillis());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("The thread of a follower must not be interrupted", ex);
		}
	}

	private void run() {
		Duration pause = this.settings.durableInterval();
		while (await(pause)) {
			try {
				makeDurable();
			}
			catch (IOException | RuntimeException ex) {
				logger.warn("[{}] Cannot make the replica durable, trying again: {}", this.node, ex.getMessage());
			}
		}
	}

	private void makeDurable() throws IOException {
		ReplicaPosition before = this.position.get();
		if (this.database.frames() >= this.settings.checkpointPages()) {
			this.database.force();
			this.database.checkpoint();
			this.counters.checkpoint();
		}
		else if (before.equals(this.durable)) {
			return;
		}
		else {
			this.database.force();
		}
		this.file.write(before);
		this.durable = before;
	}

	/**
	 * Waits until there is something to do.
	 * @return whether to go on
	 */
	private boolean await(Duration pause) {
		this.lock.lock();
		try {
			if (!this.closing) {
				this.changed.awaitNanos(pause.toNanos());
			}
			return !this.closing;
		}
		catch (InterruptedException ex) {
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

}
