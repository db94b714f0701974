package io.hacluster.replication.follower;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DivergedDatabase.Branch;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.follower.RejoinBase.Ahead;
import io.hacluster.replication.follower.RejoinBase.Nothing;
import io.hacluster.replication.follower.RejoinBase.Replica;
import io.hacluster.replication.follower.ReplicaPosition.Place;
import io.hacluster.replication.ltx.LtxName;

/**
 * Decides what the database that a node finds on its disk is worth (invariant I16): it
 * goes on from it if it is certain that it holds nothing that the log lacks; it holds it
 * while nobody else has led since; otherwise the log wins, and the database is set aside
 * whole. Nothing is merged and nothing is deleted.
 */
public final class Rejoin {

	private static final Logger logger = LoggerFactory.getLogger(Rejoin.class);

	private final ReplicaFiles files;

	private final ReplicaStore store;

	private final NodeIdentity node;

	/**
	 * Creates the judge.
	 * @param files the files of this node
	 * @param store the log
	 * @param node this process
	 */
	Rejoin(ReplicaFiles files, ReplicaStore store, NodeIdentity node) {
		this.files = files;
		this.store = store;
		this.node = node;
	}

	/**
	 * Decides, and moves the files to where they belong.
	 * @return what to start from
	 * @throws io.hacluster.StoreUnavailableException if the log must be asked and does
	 * not answer; everything is as it was then
	 * @throws IOException if files cannot be read or renamed
	 */
	RejoinBase settle() throws IOException {
		Optional<ReplicaPosition> position = this.files.position().read();
		boolean database = this.files.exists(Place.DATABASE);
		boolean replica = this.files.exists(Place.REPLICA);
		if (database && replica) {
			Place other = position.map(ReplicaPosition::place).orElse(Place.DATABASE) == Place.DATABASE ? Place.REPLICA
					: Place.DATABASE;
			setAside(other, position.map(ReplicaPosition::epoch).orElse(Epoch.NONE), null,
					"both a database and a replica are there, and it is the other "
							+ "one that this node has worked with");
			database = other != Place.DATABASE;
			replica = !database;
		}
		if (!database && !replica) {
			return new Nothing();
		}
		Place place = database ? Place.DATABASE : Place.REPLICA;
		Optional<ReplicaPosition> known = position.filter((candidate) -> candidate.place() == place);
		if (known.isEmpty()) {
			return judgeUnknown(place);
		}
		return database ? judgeDatabase(known.get()) : judgeReplica(known.get());
	}

	/**
	 * Sets a database aside.
	 * @param place where it is
	 * @param position the last transaction that it surely has in common with the log, and
	 * the last epoch that it has been part of; null if unknown
	 * @param reason why, for people
	 * @throws IOException if it cannot be renamed
	 */
	void setAside(Place place, @Nullable ReplicaPosition position, String reason) throws IOException {
		if (position != null) {
			setAside(place, position.epoch(), new Branch(position.logId(), position.txid()), reason);
		}
		else {
			setAside(place, Epoch.NONE, null, reason);
		}
	}

	private void setAside(Place place, Epoch epoch, @Nullable Branch branch, String reason) throws IOException {
		if (place == Place.REPLICA) {
			// Who has it open would read for ever what is no replica any more
			WalIndex.invalidate(this.files.replica().shared());
		}
		this.files.setAside(place, epoch, branch, reason);
	}

	private RejoinBase judgeUnknown(Place place) throws IOException {
		List<LogEntry> entries = this.store.list();
		if (entries.isEmpty()) {
			return seed(place, Epoch.NONE, "The log is empty; the first leader seeds it");
		}
		setAside(place, null, "its position is unknown, and there is a log");
		return new Nothing();
	}

	private RejoinBase judgeReplica(ReplicaPosition position) throws IOException {
		Optional<Fence> fence = this.store.currentFence();
		boolean same = fence.isPresent() && isLog(position, fence.get());
		if (same || (fence.isEmpty() && position.logId().isEmpty())) {
			return new Replica(position);
		}
		List<LogEntry> entries = this.store.list();
		if (entries.isEmpty()) {
			return seed(Place.REPLICA, position.epoch(),
					"The log has been wiped and is empty; this replica seeds it if this node leads");
		}
		if (fence.isEmpty() && lastBatch(entries) >= position.txid()) {
			return new Replica(position);
		}
		setAside(Place.REPLICA, position, "it belongs to another log, which has been wiped");
		return new Nothing();
	}

	private RejoinBase judgeDatabase(ReplicaPosition position) throws IOException {
		Optional<Fence> fence = this.store.currentFence();
		List<LogEntry> entries = this.store.list();
		if (entries.isEmpty()) {
			return seed(Place.DATABASE, position.epoch(), "The log is empty; the first leader seeds it");
		}
		if (fence.isPresent() && !isLog(position, fence.get())) {
			setAside(Place.DATABASE, position, "it belongs to another log, which has been wiped");
			return new Nothing();
		}
		Fence overtakenBy = fence.filter((candidate) -> isOvertaking(candidate, position.epoch())).orElse(null);
		Optional<RejoinEvidence.Level> level = findLevel(position, entries, overtakenBy);
		if (level.isPresent()) {
			return demoteLevel(position, level.get());
		}
		if (overtakenBy != null) {
			long txid = RejoinEvidence.lastOf(this.store, entries, position);
			setAside(Place.DATABASE, position.at(txid), "it may hold transactions that the log lacks, and "
					+ overtakenBy.node() + " has led since, in epoch " + overtakenBy.epoch());
			return new Nothing();
		}
		long last = lastBatch(entries);
		return new Ahead(Place.DATABASE, last, RestoreSource.tailOffset(entries, last), position.epoch(),
				"It may hold transactions that the log lacks, and nobody has led since");
	}

	private Optional<RejoinEvidence.Level> findLevel(ReplicaPosition position, List<LogEntry> entries,
			@Nullable Fence overtakenBy) throws IOException {
		RejoinEvidence evidence = new RejoinEvidence(this.store, this.node);
		ReplicaFile database = this.files.database();
		ReplicaStamp now = ReplicaStamp.of(database);
		Optional<RejoinEvidence.Level> level = evidence.findLevel(position, now, entries, overtakenBy);
		if (level.isEmpty() && overtakenBy != null && !now.hasLog()) {
			return evidence.compare(database.database(), entries, position);
		}
		return level;
	}

	private RejoinBase demoteLevel(ReplicaPosition position, RejoinEvidence.Level level) throws IOException {
		ReplicaPosition exact = new ReplicaPosition(Place.REPLICA, level.txid(), level.offset(), position.logId(),
				position.epoch(), ReplicaStamp.of(this.files.database()));
		this.files.demote(exact);
		logger.info("[{}] The database ends where the log has transaction {}: nothing is missing, it is followed on",
				this.node, exact.txid());
		return new Replica(exact);
	}

	/**
	 * Returns whether a fence is one of another node that came after an epoch.
	 * @param fence the fence
	 * @param epoch the epoch
	 * @return whether it is
	 */
	boolean isOvertaking(Fence fence, Epoch epoch) {
		return fence.epoch().compareTo(epoch) > 0 && !fence.node().equals(this.node.nodeId());
	}

	/**
	 * Returns whether the log still is the one that a replica belongs to.
	 * @param position what is known of the replica
	 * @return whether it is
	 */
	boolean isSameLog(ReplicaPosition position) {
		return this.store.currentFence().filter((fence) -> isLog(position, fence)).isPresent();
	}

	private RejoinBase seed(Place place, Epoch epoch, String reason) {
		return new Ahead(place, 0, LogOffset.START, epoch, reason);
	}

	private static boolean isLog(ReplicaPosition position, Fence fence) {
		return position.logId().isEmpty() || position.logId().equals(fence.logId());
	}

	private static long lastBatch(List<LogEntry> entries) {
		return entries.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
			.mapToLong((entry) -> entry.name().maxTxid())
			.max()
			.orElse(0);
	}

}
