package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;

/**
 * What the parts of one follower share.
 *
 * @param settings how it works
 * @param node this process
 * @param store the log
 * @param files the files of this node
 * @param counters counts
 * @param rejoin judges local databases
 * @param queue what the tail has told
 * @param progress how far the follower is
 * @param ticker for timeouts and lag
 * @param stopping whether to stop
 * @param wantedTail number of the tail that somebody waits for
 * @param tails number of the last tail opened
 */
record FollowerContext(FollowerSettings settings, NodeIdentity node, ReplicaStore store, ReplicaFiles files,
		FollowerCounters counters, Rejoin rejoin, FollowerQueue queue, FollowerProgress progress, Ticker ticker,
		AtomicBoolean stopping, AtomicLong wantedTail, AtomicLong tails) {

	private static final Logger logger = LoggerFactory.getLogger(FollowerContext.class);

	FollowerContext(FollowerSettings settings, NodeIdentity node, ReplicaStore store, ReplicaFiles files,
			FollowerCounters counters, Rejoin rejoin, FollowerQueue queue, FollowerProgress progress, Ticker ticker) {
		this(settings, node, store, files, counters, rejoin, queue, progress, ticker, new AtomicBoolean(),
				new AtomicLong(), new AtomicLong());
	}

	boolean isStopping() {
		return this.stopping.get();
	}

	void requestStop() {
		this.stopping.set(true);
		this.queue.wake();
	}

	/**
	 * Asks for a tail that is opened after this call: it tells when it has reached what
	 * the log held then.
	 * @return the number that the tail will have at least
	 */
	long requestFreshTail() {
		long wanted = this.wantedTail.updateAndGet((before) -> Math.max(before, this.tails.get() + 1));
		this.queue.wake();
		return wanted;
	}

	boolean wantsFreshTail() {
		return this.wantedTail.get() > this.tails.get();
	}

	FollowerTail openTail(LogOffset after) throws IOException {
		FollowerTail tail = new FollowerTail(this.tails.incrementAndGet(), this.queue, this.files.staging(),
				this.progress, this.ticker);
		tail.open(this.store, after);
		return tail;
	}

	/**
	 * Waits before another attempt, or until told to stop.
	 */
	void pause() {
		this.queue.pause(this.settings.retry().toNanos(), this::isStopping);
	}

	/**
	 * Gives up a replica that cannot be set aside now: without a position nobody goes on
	 * with it while there is a log.
	 */
	void forgetPosition() {
		try {
			this.files.position().delete();
		}
		catch (IOException ex) {
			logger.error("[{}] Cannot remove the position of a replica that is of no use", this.node, ex);
		}
	}

	void clearStaging() {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.files.staging(), "received-*")) {
			for (Path file : files) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			logger.debug("[{}] Cannot empty the staging directory", this.node, ex);
		}
	}

	void interrupted(String reason) {
		this.counters.storeError();
		this.progress.failed(reason);
	}

}
