package io.hacluster.replication.follower;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.follower.ReplicaPosition.Place;

/**
 * The replica while it is followed: the open database, how far it is, and a thread that
 * makes checkpoints and the position durable, so that nothing in the path of a
 * transaction waits for the disk. All but {@link #position()} is called by one thread.
 */
final class FollowerReplica {

	private static final Logger logger = LoggerFactory.getLogger(FollowerReplica.class);

	private final ReplicaFiles files;

	private final ReplicaDatabase database;

	private final FollowerSettings settings;

	private final NodeIdentity node;

	private final FollowerCounters counters;

	private final Thread thread;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private volatile ReplicaPosition position;

	private ReplicaPosition durable;

	private boolean exact;

	private boolean closing;

	private int signalledAt;

	private FollowerReplica(ReplicaFiles files, ReplicaDatabase database, ReplicaPosition position,
			FollowerSettings settings, NodeIdentity node, FollowerCounters counters) {
		this.files = files;
		this.database = database;
		this.settings = settings;
		this.node = node;
		this.counters = counters;
		this.exact = position.stamp() != null;
		this.position = position.inUse();
		this.durable = this.position;
		this.thread = new Thread(this::keepDurable, "ha-replica-checkpoint-" + node.cluster());
		this.thread.setDaemon(true);
	}

	/**
	 * Opens the replica.
	 * @param files where it is
	 * @param position what is known of it; with a stamp, it holds exactly that
	 * transaction
	 * @param settings when to make checkpoints
	 * @param node this process
	 * @param counters counts
	 * @param ticker for timeouts
	 * @return the replica
	 * @throws ReplicaChangedException if somebody has written to it meanwhile
	 * @throws IOException if it cannot be opened
	 */
	static FollowerReplica open(ReplicaFiles files, ReplicaPosition position, FollowerSettings settings,
			NodeIdentity node, FollowerCounters counters, Ticker ticker) throws IOException {
		ReplicaStamp stamp = position.stamp();
		if (stamp != null && !stamp.hasContentOf(ReplicaStamp.of(files.replica()))) {
			throw new ReplicaChangedException("somebody else has written to it while it was not followed");
		}
		files.position().write(position.inUse());
		ReplicaDatabase database = ReplicaDatabase.open(files.replica(), ticker);
		FollowerReplica replica = new FollowerReplica(files, database, position, settings, node, counters);
		replica.thread.start();
		return replica;
	}

	/**
	 * Returns how far the replica is. May be called by any thread.
	 * @return the position, without a stamp
	 */
	ReplicaPosition position() {
		return this.position;
	}

	/**
	 * Returns whether the replica holds exactly the transaction of its position. After a
	 * crash it may hold some of the next ones: then everything up to the end of the log
	 * has to be applied as one.
	 * @return whether it is
	 */
	boolean isExact() {
		return this.exact;
	}

	/**
	 * Applies files as one transaction.
	 * @param source gives them, in the order of their transactions
	 * @throws IOException if the replica cannot be written
	 */
	void apply(Source source) throws IOException {
		FollowerFile first = source.next();
		if (first == null) {
			this.exact = true;
			return;
		}
		this.database.write(first.header().pageSize(), (transaction) -> {
			FollowerFile last = first;
			for (FollowerFile file = first; file != null; file = source.next()) {
				requireSamePages(first, file);
				file.appendTo(transaction);
				file.discard();
				last = file;
			}
			transaction.commit(last.header().commit());
			applied(last.entry());
		});
		signalIfDue();
	}

	private void applied(LogEntry last) {
		ReplicaPosition before = this.position;
		this.exact = true;
		this.position = new ReplicaPosition(Place.REPLICA, last.name().maxTxid(), last.offset(), before.logId(),
				before.epoch(), null);
	}

	/**
	 * Notes where the log is by now.
	 * @param offset a place in the log up to which everything has been applied
	 */
	void reached(LogOffset offset) {
		ReplicaPosition before = this.position;
		this.position = new ReplicaPosition(Place.REPLICA, before.txid(), offset, before.logId(), before.epoch(), null);
	}

	/**
	 * Notes a fence.
	 * @param logId the log
	 * @param epoch the epoch
	 */
	void fenced(String logId, Epoch epoch) {
		ReplicaPosition before = this.position;
		this.position = new ReplicaPosition(Place.REPLICA, before.txid(), before.offset(), logId, epoch, null);
	}

	/**
	 * Closes the replica and makes its position durable.
	 * @throws ReplicaChangedException if somebody else has written to it
	 * @throws IOException if that fails; the replica is closed all the same
	 */
	void close() throws IOException {
		endThread();
		this.database.closeUnchanged();
		if (this.exact) {
			ReplicaStamp stamp = ReplicaStamp.of(this.files.replica());
			this.files.position().write(this.position.exact(Place.REPLICA, stamp));
		}
	}

	/**
	 * Closes the replica when it is of no use any more.
	 */
	void abandon() {
		endThread();
		try {
			this.database.close();
		}
		catch (IOException ex) {
			logger.debug("[{}] Closing an abandoned replica", this.node, ex);
		}
	}

	private void endThread() {
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

	/**
	 * Once for so many frames: while a reader keeps the log from being emptied, not each
	 * transaction is worth an attempt.
	 */
	private void signalIfDue() {
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

	private void keepDurable() {
		Duration pause = this.settings.durableInterval();
		while (await(pause)) {
			pause = this.settings.durableInterval();
			try {
				makeDurable();
			}
			catch (IOException | RuntimeException ex) {
				logger.warn("[{}] Cannot make the replica durable, trying again: {}", this.node, ex.getMessage());
			}
		}
	}

	private void makeDurable() throws IOException {
		ReplicaPosition before = this.position;
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
		this.files.position().write(before);
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

	private static void requireSamePages(FollowerFile first, FollowerFile file) {
		if (file.header().pageSize() != first.header().pageSize()) {
			throw new ReplicaChangedException("the size of its pages changes from " + first.header().pageSize() + " to "
					+ file.header().pageSize() + " bytes");
		}
	}

	/**
	 * Gives files one after the other.
	 */
	@FunctionalInterface
	interface Source {

		/**
		 * Returns the next file, which may take a while.
		 * @return the file, null at the end
		 * @throws IOException if there is no next file although there should be
		 */
		@Nullable FollowerFile next() throws IOException;

	}

}
