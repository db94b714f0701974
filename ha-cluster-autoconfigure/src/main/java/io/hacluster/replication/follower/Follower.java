package io.hacluster.replication.follower;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.follower.RejoinBase.Ahead;
import io.hacluster.replication.follower.RejoinBase.Nothing;
import io.hacluster.replication.follower.RejoinBase.Replica;
import io.hacluster.replication.follower.ReplicaPosition.Place;

/**
 * Follows the log on a thread of its own: settles what it finds on the disk, restores if
 * there is nothing, applies what comes, and goes on trying whatever happens. The thread
 * is never interrupted. {@link #start()} and {@link #stop(Duration)} are called once.
 */
public final class Follower {

	private static final Logger logger = LoggerFactory.getLogger(Follower.class);

	private final FollowerContext context;

	private final Thread thread;

	private final FollowerQueue queue;

	private final FollowerProgress progress;

	private final NodeIdentity node;

	private @Nullable RejoinBase base;

	private @Nullable FollowerReplica replica;

	private @Nullable Fence lastFence;

	private @Nullable String rejection;

	private boolean restored;

	/**
	 * Creates a follower.
	 * @param settings how it works
	 * @param node this process
	 * @param store the log
	 * @param files the files of this node; no one else moves them while this runs
	 * @param counters counts
	 * @param clock the wall clock, which the age of a backlog is told by
	 * @param ticker for everything else
	 */
	public Follower(FollowerSettings settings, NodeIdentity node, ReplicaStore store, ReplicaFiles files,
			FollowerCounters counters, Clock clock, Ticker ticker) {
		this.context = new FollowerContext(settings, node, store, files, counters, new Rejoin(files, store, node),
				new FollowerQueue(), new FollowerProgress(new FollowerLag(clock, ticker)), ticker);
		this.queue = this.context.queue();
		this.progress = this.context.progress();
		this.node = node;
		this.thread = new Thread(this::run, "ha-follower-" + node.cluster());
		this.thread.setDaemon(true);
	}

	public void start() {
		this.thread.start();
	}

	public boolean isRunning() {
		return this.thread.isAlive() && !this.context.isStopping();
	}

	public FollowerProgress progress() {
		return this.progress;
	}

	/**
	 * Waits until everything that the log holds at the time of the call has been applied.
	 * @param timeout how long
	 * @return whether it has
	 * @throws InterruptedException if interrupted
	 */
	public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
		long tail = this.context.requestFreshTail();
		return this.progress.await(() -> this.progress.hasReachedOnTail(tail), timeout);
	}

	/**
	 * Stops following; what has been received but not applied is left.
	 * @param timeout how long to wait
	 * @return on what this has been working, null if that had not been settled
	 * @throws HaClusterException if it does not stop in time
	 * @throws InterruptedException if interrupted
	 */
	public @Nullable RejoinBase stop(Duration timeout) throws InterruptedException {
		this.context.requestStop();
		this.thread.join(Math.max(1, timeout.toMillis()));
		if (this.thread.isAlive()) {
			throw new HaClusterException("The follower has not stopped within " + timeout.toMillis() + " ms");
		}
		return this.base;
	}

	/**
	 * Returns on what this has been working, once it has stopped.
	 * @return something that may be promoted
	 * @throws HaClusterException if the replica has been given up and not been built anew
	 * yet, or its position could not be made durable
	 */
	public RejoinBase requireBase() {
		RejoinBase last = this.base;
		if (this.rejection != null) {
			throw new HaClusterException(
					"The replica has to be built anew from the log before this node can lead: " + this.rejection);
		}
		if (last == null || (last instanceof Replica found && found.position().stamp() == null)) {
			String failure = this.progress.failure();
			throw new HaClusterException("The replica's position could not be made durable: "
					+ ((failure != null) ? failure : "it is not known"));
		}
		return last;
	}

	private void run() {
		try {
			this.context.clearStaging();
			tellWhatIsThere();
			while (!this.context.isStopping()) {
				attempt();
				this.progress.settled();
			}
		}
		finally {
			closeReplica();
			this.progress.ended();
		}
	}

	private void attempt() {
		try {
			cycle();
			return;
		}
		catch (ReplicaChangedException ex) {
			rejectReplica(ex);
			return;
		}
		catch (StoreUnavailableException ex) {
			this.context.counters().storeError();
			failed(ex.getMessage());
		}
		catch (IOException | UncheckedIOException ex) {
			failed("The log cannot be followed into " + this.context.files().replicaPath() + ": " + ex.getMessage());
		}
		catch (HaClusterException ex) {
			failed(ex.getMessage());
		}
		catch (RuntimeException ex) {
			logger.error("[{}] The follower has failed, trying again", this.node, ex);
			failed(ex.toString());
		}
		this.progress.settled();
		this.context.pause();
	}

	private void failed(@Nullable String reason) {
		String text = String.valueOf(reason);
		if (!text.equals(this.progress.failure())) {
			logger.warn("[{}] {}", this.node, text);
		}
		this.progress.failed(text);
	}

	/**
	 * Goes one step, which mostly is to follow until something happens.
	 */
	private void cycle() throws IOException {
		RejoinBase current = this.base;
		if (current == null) {
			// What has failed half-way would not be found
			this.context.files().recover();
			current = this.context.rejoin().settle();
			this.base = current;
			this.progress.judged();
			Optional<Fence> fence = this.context.store().currentFence();
			fence.ifPresent((last) -> this.progress.epoch(last.epoch()));
			this.lastFence = fence.orElse(null);
		}
		if (current instanceof Nothing) {
			this.base = new FollowerBootstrap(this.context).run();
			this.restored = true;
			this.rejection = null;
		}
		else if (current instanceof Ahead ahead) {
			this.base = new FollowerHold(this.context, ahead).run();
		}
		else if (current instanceof Replica found) {
			follow(found);
		}
	}

	private void follow(Replica found) throws IOException {
		FollowerReplica open = this.replica;
		if (open == null) {
			open = FollowerReplica.open(this.context, found.position());
			this.replica = open;
			ReplicaPosition position = found.position();
			this.progress.epoch(position.epoch());
			this.progress.restart(position.txid(), position.txid(), position.offset());
			if (!this.restored && !(open.isExact() && hasLedLast(position))) {
				new FollowerResume(this.context, open).join();
			}
		}
		if (!new FollowerApplier(this.context, open).run()) {
			// The log is another one: let the position be judged again
			closeReplica();
			this.base = null;
		}
	}

	/**
	 * Returns whether nobody has led since this process did. The log holds nothing then
	 * that its database lacks, and the whole of it need not be listed, which would take
	 * the longer the more has been written lately: clients wait for a step-down.
	 */
	private boolean hasLedLast(ReplicaPosition position) {
		Fence last = this.lastFence;
		return last != null && last.epoch().equals(position.epoch()) && last.node().equals(this.node.nodeId())
				&& last.nonce().equals(this.node.nonce());
	}

	private void rejectReplica(HaClusterException cause) {
		String reason = String.valueOf(cause.getMessage());
		failed("The replica is built anew: " + reason);
		this.rejection = reason;
		FollowerReplica open = this.replica;
		this.replica = null;
		ReplicaPosition position = (this.base instanceof Replica found) ? found.position() : null;
		if (open != null) {
			position = open.position();
			open.abandon();
		}
		// What has been applied is gone: whoever waits for it has to wait for the new one
		this.progress.restart(0, this.progress.logTxid(), LogOffset.START);
		try {
			this.context.rejoin().setAside(Place.REPLICA, position, reason);
			this.base = new Nothing();
		}
		catch (IOException ex) {
			failed("The replica cannot be set aside: " + ex);
			this.base = null;
			this.context.forgetPosition();
			this.context.pause();
		}
	}

	private void closeReplica() {
		FollowerReplica open = this.replica;
		this.replica = null;
		if (open != null) {
			try {
				open.close();
				this.base = this.context.files().position().read().<RejoinBase>map(Replica::new).orElse(this.base);
			}
			catch (HaClusterException ex) {
				// Changed, or a stranger keeps the write lock and may be about to commit
				rejectReplica(ex);
			}
			catch (IOException | RuntimeException ex) {
				this.base = null;
				failed("The replica's position cannot be made durable: " + ex.getMessage());
			}
		}
	}

	/**
	 * Until the log has been asked, this is all that is known.
	 */
	private void tellWhatIsThere() {
		try {
			ReplicaFiles files = this.context.files();
			files.position().read().ifPresent((position) -> {
				this.progress.epoch(position.epoch());
				this.progress.restart(position.txid(), position.txid(), LogOffset.START);
			});
			State found = files.exists(Place.REPLICA) ? State.FOLLOWING : State.RESTORING;
			this.progress.state(files.exists(Place.DATABASE) ? State.AHEAD : found);
		}
		catch (IOException ex) {
			failed(ex.toString());
		}
	}

	/**
	 * Returns how long the log has been ahead of the replica; since the last news from it
	 * while there are none.
	 * @return the lag, zero if level
	 */
	public Duration lag() {
		return this.progress.lag(this.queue.firstFile());
	}

}
