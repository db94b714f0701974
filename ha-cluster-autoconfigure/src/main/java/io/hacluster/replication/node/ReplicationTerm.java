package io.hacluster.replication.node;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationListener;
import io.hacluster.replication.follower.RejoinBase;
import io.hacluster.replication.follower.RejoinBase.Ahead;
import io.hacluster.replication.follower.RejoinBase.Replica;
import io.hacluster.replication.follower.ReplicaFiles;
import io.hacluster.replication.follower.ReplicaPosition;
import io.hacluster.replication.follower.ReplicaPosition.Place;
import io.hacluster.replication.follower.ReplicaStamp;
import io.hacluster.replication.level.LevelSettings;
import io.hacluster.replication.primary.LogGuard;
import io.hacluster.replication.primary.Primary;
import io.hacluster.replication.primary.PrimaryEnd;
import io.hacluster.replication.primary.PrimaryPosition;
import io.hacluster.replication.primary.PrimarySettings;
import io.hacluster.replication.primary.Snapshotter;

/**
 * One term of leadership as the files and the shipping see it: from the rename of the
 * replica to the path of the database to the rename back.
 */
final class ReplicationTerm {

	private static final Logger logger = LoggerFactory.getLogger(ReplicationTerm.class);

	private final Factory factory;

	private final Fence fence;

	private final Primary primary;

	private final Snapshotter snapshotter;

	private final LogGuard guard;

	private @Nullable ReplicaPosition left;

	private boolean flushed;

	private boolean shipped;

	private ReplicationTerm(Factory factory, Fence fence) {
		this.factory = factory;
		this.fence = fence;
		this.primary = factory.newPrimary(fence);
		this.snapshotter = new Snapshotter(factory.levels, factory.node, this.primary, factory.store, factory.clock,
				factory.ticker);
		this.guard = new LogGuard(factory.node, this.primary, factory.store, factory.ticker);
	}

	Primary primary() {
		return this.primary;
	}

	void startPrimary(LogWriter writer) {
		try {
			this.primary.start(writer);
			this.guard.start();
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	void startSnapshots() {
		this.snapshotter.start();
	}

	boolean requestSnapshot() {
		return this.snapshotter.request();
	}

	void stopSnapshots(Duration timeout) {
		this.guard.close();
		this.snapshotter.stop(timeout);
	}

	/**
	 * Ships what is left and lets go of the database.
	 * @param timeout how long
	 * @return whether everything committed is in the log
	 */
	boolean flush(Duration timeout) {
		if (!this.flushed) {
			this.flushed = true;
			this.shipped = this.primary.flush(timeout);
			release();
		}
		return this.shipped;
	}

	/**
	 * Ends the term; what is certain about the database is made use of: it becomes the
	 * replica at once. Everything else is to be judged by whoever follows.
	 */
	void end() {
		this.guard.close();
		this.snapshotter.close();
		this.flushed = true;
		if (this.left == null) {
			release();
		}
		ReplicaPosition position = this.left;
		try {
			if (position != null && this.factory.files.exists(Place.DATABASE)) {
				this.factory.files.demote(position);
			}
		}
		catch (IOException ex) {
			throw new HaClusterException(
					"The database cannot be moved to " + this.factory.files.replicaPath() + ": " + ex, ex);
		}
	}

	private void release() {
		try {
			PrimaryEnd end = this.primary.release();
			if (end.shipped() && end.txid() > 0 && this.factory.files.exists(Place.DATABASE)) {
				// Another one than at the beginning of the term, if the log was wiped
				// meanwhile
				Fence last = this.factory.recorder.fence().orElse(this.fence);
				LogOffset offset = this.factory.recorder.offsetOf(end.txid(), last.offset());
				ReplicaStamp stamp = ReplicaStamp.of(this.factory.files.database());
				if (end.walEmpty() && stamp.hasLog()) {
					// Somebody has written since: not certain any more
					return;
				}
				ReplicaPosition position = new ReplicaPosition(Place.DATABASE, end.txid(), offset, last.logId(),
						last.epoch(), stamp);
				this.factory.files.position().write(position);
				this.left = position.exact(Place.REPLICA, stamp);
			}
		}
		catch (IOException | HaClusterException ex) {
			logger.warn("[{}] The database has not been let go of cleanly: {}", this.factory.node, ex.getMessage());
		}
	}

	private static HaClusterException interrupted(InterruptedException cause) {
		Thread.currentThread().interrupt();
		return new HaClusterException("Interrupted while taking hold of the database", cause);
	}

	/**
	 * Begins terms.
	 */
	static final class Factory {

		private final PrimarySettings settings;

		private final LevelSettings levels;

		private final NodeIdentity node;

		private final ReplicaStore store;

		private final ReplicaFiles files;

		private final ReplicationListener listener;

		private final Clock clock;

		private final Ticker ticker;

		private final PositionRecorder recorder = new PositionRecorder();

		Factory(PrimarySettings settings, LevelSettings levels, NodeIdentity node, ReplicaStore store,
				ReplicaFiles files, ReplicationListener listener, Clock clock, Ticker ticker) {
			this.settings = settings;
			this.levels = levels;
			this.node = node;
			this.store = store;
			this.files = files;
			this.listener = listener;
			this.clock = clock;
			this.ticker = ticker;
		}

		PositionRecorder recorder() {
			return this.recorder;
		}

		/**
		 * Moves the database to its path and takes hold of it.
		 * @param base on what the follower has worked
		 * @param fence the fence of the term
		 * @return the term
		 * @throws IOException if a rename fails
		 */
		ReplicationTerm begin(RejoinBase base, Fence fence) throws IOException {
			PrimaryPosition position = move(base, fence);
			ReplicationTerm term = new ReplicationTerm(this, fence);
			try {
				term.primary.hold(position);
				return term;
			}
			catch (InterruptedException ex) {
				term.end();
				throw interrupted(ex);
			}
			catch (RuntimeException ex) {
				term.end();
				throw ex;
			}
		}

		private PrimaryPosition move(RejoinBase base, Fence fence) throws IOException {
			if (base instanceof Replica replica) {
				replica.requireUntouched(this.files);
				this.files.promote(replica.position().under(Place.DATABASE, fence));
				return PrimaryPosition.level(replica.position().txid());
			}
			if (base instanceof Ahead ahead) {
				ReplicaPosition position = new ReplicaPosition(Place.DATABASE, ahead.logTxid(), fence.offset(),
						fence.logId(), fence.epoch(), null);
				if (ahead.place() == Place.REPLICA) {
					this.files.promote(position);
				}
				else {
					this.files.position().write(position);
				}
				return (ahead.logTxid() == 0) ? PrimaryPosition.seed() : PrimaryPosition.shipped(ahead.logTxid());
			}
			requireEmptyLog();
			this.files.position()
				.write(new ReplicaPosition(Place.DATABASE, 0, fence.offset(), fence.logId(), fence.epoch(), null));
			return PrimaryPosition.seed();
		}

		/**
		 * An empty database must never take the place of what the log holds.
		 */
		private void requireEmptyLog() {
			if (!this.store.list().isEmpty()) {
				throw new HaClusterException("This node has no database, but the log holds one: it has to be built "
						+ "from the log before this node can lead");
			}
		}

		private Primary newPrimary(Fence fence) {
			try {
				return new Primary(this.settings, this.node, fence.epoch(), this.files.database().database(),
						this.files.staging(), this.store,
						() -> this.recorder.recording(this.store.fence(fence.epoch(), this.node)),
						this.listener::fenced, this.clock, this.ticker);
			}
			catch (IOException ex) {
				throw new HaClusterException("The staging directory cannot be made: " + ex, ex);
			}
		}

	}

}
