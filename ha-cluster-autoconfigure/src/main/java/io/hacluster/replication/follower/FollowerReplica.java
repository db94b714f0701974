package io.hacluster.replication.follower;

import java.io.IOException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.follower.ReplicaPosition.Place;

/**
 * The replica while it is followed: the open database, and how far it is. All but
 * {@link #position()} is called by one thread.
 */
final class FollowerReplica {

	private static final Logger logger = LoggerFactory.getLogger(FollowerReplica.class);

	private final FollowerContext context;

	private final ReplicaFiles files;

	private ReplicaDatabase database;

	private ReplicaKeeper keeper;

	private volatile ReplicaPosition position;

	private boolean exact;

	private FollowerReplica(FollowerContext context, ReplicaDatabase database, ReplicaPosition position) {
		this.context = context;
		this.files = context.files();
		this.database = database;
		this.exact = position.stamp() != null;
		this.position = position.inUse();
		this.keeper = newKeeper(database);
	}

	/**
	 * Opens the replica.
	 * @param context where it is, and when to make checkpoints
	 * @param position what is known of it; with a stamp, it holds exactly that
	 * transaction
	 * @return the replica
	 * @throws ReplicaChangedException if somebody has written to it meanwhile
	 * @throws IOException if it cannot be opened
	 */
	static FollowerReplica open(FollowerContext context, ReplicaPosition position) throws IOException {
		ReplicaFiles files = context.files();
		requireUnchanged(files, position.stamp());
		files.position().write(position.inUse());
		ReplicaDatabase database = ReplicaDatabase.open(files.replica(), context.ticker());
		try {
			// What is written from now on is noticed by the database; what was written
			// before it was open, only here
			requireUnchanged(files, position.stamp());
		}
		catch (IOException | RuntimeException ex) {
			database.close();
			throw ex;
		}
		return new FollowerReplica(context, database, position);
	}

	private static void requireUnchanged(ReplicaFiles files, @Nullable ReplicaStamp stamp) throws IOException {
		if (stamp != null && !stamp.hasContentOf(ReplicaStamp.of(files.replica()))) {
			throw new ReplicaChangedException("somebody else has written to it while it was not followed");
		}
	}

	private ReplicaKeeper newKeeper(ReplicaDatabase opened) {
		return new ReplicaKeeper(opened, this::position, this.files.position(), this.context.settings(),
				this.context.counters(), this.context.node());
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
		makeRoom();
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
		this.keeper.written();
	}

	/**
	 * A reader with a long transaction keeps the write-ahead log from being emptied, but
	 * neither transactions nor other readers from going on. When the log has grown to its
	 * limit, the reader is waited for; then it keeps the file, and all others get a new
	 * one.
	 */
	private void makeRoom() throws IOException {
		FollowerSettings settings = this.context.settings();
		if (this.database.logBytes() <= settings.walLimit()) {
			return;
		}
		logger.debug(
				"[{}] Readers may have kept the write-ahead log of {} from being emptied up to {} MB; waiting for them",
				this.context.node(), this.files.replicaPath(), this.database.logBytes() >> 20);
		if (!this.database.checkpoint(settings.readerDelay())) {
			moveToNewFile();
		}
	}

	private void moveToNewFile() throws IOException {
		this.keeper.close();
		try {
			this.database.copyTo(this.files.copy(), this.context::isStopping);
			swap();
		}
		finally {
			this.keeper = newKeeper(this.database);
		}
		logger.warn("[{}] A reader has not let go of {} for {} ms: the replica goes on in a copy. The reader keeps the "
				+ "former file until its transaction ends, and has to connect again then, like all who were connected",
				this.context.node(), this.files.replicaPath(), this.context.settings().readerDelay().toMillis());
	}

	private void swap() throws IOException {
		// Without a position it is built anew, should this be interrupted
		this.files.position().delete();
		try {
			this.database.retire();
			this.files.replace(this.files.copy());
			this.database = ReplicaDatabase.open(this.files.replica(), this.context.ticker());
			this.files.position().write(this.position);
		}
		catch (IOException | HaClusterException ex) {
			throw new ReplicaChangedException("it could not be moved to a new file: " + ex.getMessage());
		}
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
		this.keeper.close();
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
		this.keeper.close();
		try {
			this.database.close();
		}
		catch (IOException ex) {
			logger.debug("[{}] Closing an abandoned replica", this.context.node(), ex);
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
