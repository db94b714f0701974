package io.hacluster.replication.node;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationListener;
import io.hacluster.replication.ReplicationSettings;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.follower.Follower;
import io.hacluster.replication.follower.FollowerSettings;
import io.hacluster.replication.follower.RejoinBase;
import io.hacluster.replication.follower.ReplicaClaim;
import io.hacluster.replication.follower.ReplicaFiles;
import io.hacluster.replication.level.LevelSettings;
import io.hacluster.replication.primary.Primary;
import io.hacluster.replication.primary.PrimarySettings;
import io.hacluster.replication.primary.Snapshotter;

/**
 * Replicates one SQLite database: a {@link Follower} while this node follows, a
 * {@link Primary} with a {@link Snapshotter} while it leads, and the renames between the
 * two.
 */
public final class SqliteReplication implements Replication {

	private final NodeIdentity node;

	private final ReplicaStore store;

	private final ReplicationListener listener;

	private final FollowerSettings followerSettings;

	private final Clock clock;

	private final Ticker ticker;

	private final ReplicaFiles files;

	private final ReplicationReport report;

	private final ReplicationTerm.Factory terms;

	private @Nullable ReplicaClaim claim;

	private @Nullable Follower follower;

	private @Nullable RejoinBase base;

	private @Nullable LogWriter writer;

	private volatile @Nullable ReplicationTerm term;

	/**
	 * Creates the replication of a database. Nothing is started yet, but the paths are
	 * checked.
	 * @param settings what to replicate
	 * @param node this process
	 * @param store the log; stays the caller's to close
	 * @param listener told what happens
	 * @param clock the wall clock, for timestamps and names of files
	 * @param ticker for everything else
	 * @throws HaClusterException if the paths cannot be used, naming the property to
	 * change
	 */
	public SqliteReplication(ReplicationSettings settings, NodeIdentity node, ReplicaStore store,
			ReplicationListener listener, Clock clock, Ticker ticker) {
		this(settings,
				PrimarySettings.defaults()
					.withWal(settings.checkpointPages(), settings.maxWalBytes())
					.withMinBatchInterval(settings.minBatchInterval()),
				FollowerSettings.of(settings.checkpointPages())
					.withReaders(settings.maxReplicaWalBytes(), settings.maxReaderDelay()),
				node, store, listener, clock, ticker);
	}

	SqliteReplication(ReplicationSettings settings, PrimarySettings primarySettings, FollowerSettings followerSettings,
			NodeIdentity node, ReplicaStore store, ReplicationListener listener, Clock clock, Ticker ticker) {
		this.node = node;
		this.store = store;
		this.listener = listener;
		this.followerSettings = followerSettings;
		this.clock = clock;
		this.ticker = ticker;
		this.files = new ReplicaFiles(settings.path(), settings.replicaPath(), settings.divergedToKeep(), node, clock,
				this::setAside);
		this.report = new ReplicationReport(this.files::diverged, ticker);
		this.terms = new ReplicationTerm.Factory(primarySettings, LevelSettings.of(settings), node, store, this.files,
				listener, clock, ticker);
	}

	@Override
	public void startFollowing(Duration timeout) throws InterruptedException {
		Follower former = this.follower;
		if (former != null && former.isRunning()) {
			closeWriter();
			return;
		}
		if (former != null) {
			former.stop(timeout);
			this.follower = null;
		}
		endTerm();
		try {
			if (this.claim == null) {
				this.claim = this.files.claim();
			}
			this.files.recover();
			Follower started = new Follower(this.followerSettings, this.node, this.store, this.files,
					this.report.counters(), this.clock, this.ticker);
			this.follower = started;
			this.report.following(started);
			started.start();
			started.progress().await(started.progress()::isSettled, timeout);
		}
		catch (IOException ex) {
			throw new HaClusterException("The files of the database cannot be settled: " + ex, ex);
		}
	}

	@Override
	public void awaitCaughtUp(Duration timeout) throws InterruptedException {
		Follower current = requireFollower();
		if (!current.awaitCaughtUp(timeout)) {
			throw notInTime("Not caught up with the log", timeout, current);
		}
	}

	@Override
	public void fenceAndCatchUp(Epoch epoch, Duration timeout) throws InterruptedException {
		Follower current = requireFollower();
		long start = this.ticker.nanoTime();
		// A database that may be ahead has to be judged by the log as others have left it
		if (!current.progress().await(current.progress()::isJudged, timeout)) {
			throw notInTime("The log could not be compared with the local database", timeout, current);
		}
		closeWriter();
		LogWriter fenced = this.terms.recorder().recording(this.store.fence(epoch, this.node));
		this.writer = fenced;
		this.report.epoch(fenced.fence().epoch());
		Duration left = timeout.minusNanos(this.ticker.nanoTime() - start);
		LogOffset offset = fenced.fence().offset();
		if (!current.progress().await(() -> current.progress().hasReached(offset), left)) {
			throw notInTime("The log could not be applied up to the fence of epoch " + epoch, timeout, current);
		}
	}

	@Override
	public void stopFollowing(Duration timeout) throws InterruptedException {
		Follower current = requireFollower();
		current.stop(timeout);
		this.follower = null;
		this.report.stopped();
		this.base = current.requireBase();
	}

	@Override
	public void promote() {
		LogWriter fenced = this.writer;
		RejoinBase settled = this.base;
		if (fenced == null || settled == null) {
			throw new IllegalStateException("The log has not been fenced, or the replica is still followed");
		}
		try {
			this.term = this.terms.begin(settled, fenced.fence());
			this.base = null;
			this.report.leading(this.term);
		}
		catch (IOException ex) {
			throw new HaClusterException(
					"The replica cannot be moved to " + this.files.database().database() + ": " + ex, ex);
		}
	}

	@Override
	public void awaitDatabase(Duration timeout) throws InterruptedException {
		requireTerm().primary().awaitDatabase(timeout);
	}

	@Override
	public void startPrimary() {
		LogWriter fenced = this.writer;
		if (fenced == null) {
			throw new IllegalStateException("The log has not been fenced");
		}
		this.writer = null;
		requireTerm().startPrimary(fenced);
	}

	@Override
	public void startSnapshots() {
		requireTerm().startSnapshots();
	}

	@Override
	public void stopSnapshots(Duration timeout) {
		ReplicationTerm current = this.term;
		if (current != null) {
			current.stopSnapshots(timeout);
		}
	}

	@Override
	public boolean requestSnapshot() {
		ReplicationTerm current = this.term;
		return current != null && current.requestSnapshot();
	}

	@Override
	public void stopPrimary(Duration timeout) {
		ReplicationTerm current = this.term;
		if (current != null) {
			current.primary().stopLoop(timeout);
		}
	}

	@Override
	public boolean flush(Duration timeout) {
		ReplicationTerm current = this.term;
		return current == null || current.flush(timeout);
	}

	@Override
	public Epoch logEpoch() {
		return this.report.epoch();
	}

	@Override
	public ReplicationStatus status() {
		return this.report.status();
	}

	@Override
	public void close() {
		closeWriter();
		Follower current = this.follower;
		this.follower = null;
		if (current != null) {
			try {
				current.stop(this.followerSettings.closeTimeout());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		endTerm();
		this.report.stopped();
		ReplicaClaim held = this.claim;
		this.claim = null;
		if (held != null) {
			held.close();
		}
	}

	/**
	 * Demotes at once what is certain; everything else the follower judges.
	 */
	private void endTerm() {
		closeWriter();
		this.base = null;
		ReplicationTerm current = this.term;
		this.term = null;
		if (current != null) {
			this.report.ended(current);
			current.end();
		}
	}

	private void closeWriter() {
		LogWriter current = this.writer;
		this.writer = null;
		if (current != null) {
			current.close();
		}
	}

	private void setAside(DivergedDatabase database) {
		this.report.diverged();
		this.listener.diverged(database);
	}

	private Follower requireFollower() {
		Follower current = this.follower;
		if (current == null) {
			throw new IllegalStateException("This node does not follow");
		}
		return current;
	}

	ReplicationTerm requireTerm() {
		ReplicationTerm current = this.term;
		if (current == null) {
			throw new IllegalStateException("This node has not been promoted");
		}
		return current;
	}

	private static HaClusterException notInTime(String what, Duration timeout, Follower follower) {
		String failure = follower.progress().failure();
		String text = what + " within " + timeout.toMillis() + " ms";
		return (failure != null) ? new StoreUnavailableException(text + ": " + failure, null)
				: new HaClusterException(text);
	}

}
