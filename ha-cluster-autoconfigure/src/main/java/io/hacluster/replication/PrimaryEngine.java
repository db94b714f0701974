package io.hacluster.replication;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.wal.WalHeader;

/**
 * What a primary does, round by round, on one thread.
 */
final class PrimaryEngine {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryEngine.class);

	private final PrimarySettings settings;

	private final NodeIdentity identity;

	private final PrimaryHold hold;

	private final PrimaryShipper shipper;

	private final PrimaryEncoder encoder;

	private final PrimaryContinuity continuity;

	private final PrimaryCheckpointer checkpointer;

	private final PrimaryCounters counters;

	private final PrimarySignal signal;

	private final Clock clock;

	private final Ticker ticker;

	private final BooleanSupplier stop;

	private PrimaryPosition position = PrimaryPosition.seed();

	private @Nullable PrimaryCapture capture;

	private @Nullable Long uncapturedSince;

	private long reopenAt;

	private long reopenPause;

	private long batchesAtReopen = -1;

	private volatile Runnable onFullCopy = () -> {
	};

	PrimaryEngine(PrimarySettings settings, NodeIdentity identity, PrimaryHold hold, PrimaryShipper shipper,
			PrimaryEncoder encoder, PrimaryContinuity continuity, PrimaryCounters counters, PrimarySignal signal,
			Clock clock, Ticker ticker, BooleanSupplier stop) {
		this.settings = settings;
		this.identity = identity;
		this.hold = hold;
		this.shipper = shipper;
		this.encoder = encoder;
		this.continuity = continuity;
		this.counters = counters;
		this.signal = signal;
		this.clock = clock;
		this.ticker = ticker;
		this.stop = stop;
		this.checkpointer = new PrimaryCheckpointer(settings, identity, counters, signal, ticker);
	}

	void onFullCopy(Runnable listener) {
		this.onFullCopy = listener;
	}

	/**
	 * Takes note of what is known, and takes hold of the database if it is there.
	 */
	void hold(PrimaryPosition position) throws IOException, SQLException {
		this.position = position;
		this.shipper.reset(position.txid(), null);
		this.capture = null;
		this.encoder.clean();
		PrimaryDatabase database = this.hold.attach();
		if (database == null) {
			this.position = withoutKnowledge();
		}
		else if (position.relation() == PrimaryPosition.Relation.LEVEL) {
			PrimaryWalState state = database.renewReadLock();
			goOnFrom(database, new PrimaryMark(position.txid(), database.end(state), database.pages(state)));
		}
	}

	private PrimaryPosition withoutKnowledge() {
		return (this.shipper.txid() == 0) ? PrimaryPosition.seed() : PrimaryPosition.unknown(this.shipper.txid());
	}

	private void goOnFrom(PrimaryDatabase database, PrimaryMark mark) {
		this.shipper.reset(mark.txid(), mark);
		this.capture = new PrimaryCapture(database, this.settings.maxBatchBytes(), mark);
	}

	/**
	 * Does one round of work.
	 * @return how long to wait for a signal before the next, in nanoseconds
	 */
	long turn() throws IOException, SQLException {
		PrimaryDatabase database = this.hold.attach();
		if (database == null) {
			forgetPosition();
			this.counters.state(ReplicationStatus.State.AWAITING_DATABASE);
			return this.settings.safetyPoll().toNanos();
		}
		this.counters.state(ReplicationStatus.State.SHIPPING);
		this.shipper.settle();
		if (!this.shipper.isOpen()) {
			return reopen(database);
		}
		PrimaryCapture current = this.capture;
		if (current == null && !this.shipper.isIdle()) {
			// what is in flight has the next transaction's number
			return this.settings.safetyPoll().toNanos();
		}
		if (current == null) {
			current = connect(database);
		}
		PrimaryWalState state = database.state();
		boolean progress = captureInto(database, current, state);
		this.shipper.settle();
		report(current, state);
		if (this.checkpointer.isDue(database, state)) {
			this.checkpointer.checkpoint(database, current, this::shipAll);
			report(current, database.state());
			return 0;
		}
		if (progress && this.shipper.hasRoom()) {
			return 0;
		}
		return (this.shipper.isIdle() && current.isLevel(state)) ? this.settings.safetyPoll().toNanos()
				: this.settings.safetyPoll().toNanos() / 2;
	}

	private void forgetPosition() {
		if (this.capture != null || this.position.relation() == PrimaryPosition.Relation.SHIPPED) {
			this.capture = null;
			this.shipper.reset(this.shipper.txid(), null);
			this.position = withoutKnowledge();
		}
	}

	private boolean captureInto(PrimaryDatabase database, PrimaryCapture current, PrimaryWalState state)
			throws IOException {
		boolean progress = false;
		while (this.shipper.hasRoom()) {
			Long first = this.uncapturedSince;
			long seen = (first != null) ? first : this.ticker.nanoTime();
			Optional<PrimaryBatch> batch = current.next(state);
			if (batch.isEmpty()) {
				break;
			}
			PrimaryEncoder.EncodedFile file = this.encoder.encode(database, batch.get(), this.clock.instant());
			PrimaryMark mark = batch.get().end();
			this.shipper.ship(LtxName.batch(mark.txid()), file, mark, seen);
			current.advance(batch.get());
			this.uncapturedSince = null;
			progress = true;
		}
		return progress;
	}

	private void report(PrimaryCapture current, PrimaryWalState state) {
		if (current.isLevel(state)) {
			this.uncapturedSince = null;
		}
		else if (this.uncapturedSince == null) {
			this.uncapturedSince = this.ticker.nanoTime();
		}
		PrimaryMark acknowledged = this.shipper.acknowledged();
		long frames = (acknowledged != null) ? current.framesAfter(acknowledged, state) : state.frames();
		Long oldest = this.shipper.oldestSeen();
		this.counters.pending(frames, (oldest != null) ? oldest : this.uncapturedSince);
	}

	/**
	 * Finds out where to go on, or ships a full copy.
	 */
	private PrimaryCapture connect(PrimaryDatabase database) throws IOException, SQLException {
		if (this.position.relation() == PrimaryPosition.Relation.SHIPPED) {
			PrimaryMark mark = this.continuity.prove(database, this.position.txid(), database.state());
			this.position = withoutKnowledge();
			if (mark != null) {
				goOnFrom(database, mark);
			}
		}
		PrimaryCapture current = this.capture;
		if (current == null) {
			current = fullCopy(database);
			this.capture = current;
		}
		return current;
	}

	private PrimaryCapture fullCopy(PrimaryDatabase database) throws IOException, SQLException {
		long seen = this.ticker.nanoTime();
		this.counters.pending(0, seen);
		long txid = this.shipper.txid() + 1;
		PrimaryWalState state = database.renewReadLock();
		PrimaryMark mark = new PrimaryMark(txid, database.end(state), database.pages(state));
		logger.info("[{}] Shipping the whole database, {} pages, as transaction {}", this.identity, mark.pages(), txid);
		Instant now = this.clock.instant();
		LtxHeader header = header(database, state, mark.pages(), txid, txid, now);
		PrimaryEncoder.EncodedFile file = this.encoder.encode(new PrimaryImage(database, database.walReader(), state),
				header, this.stop);
		this.shipper.reset(this.shipper.txid(), null);
		if (txid == 1) {
			this.shipper.ship(LtxName.snapshot(txid), file, null, seen);
		}
		this.shipper.ship(LtxName.batch(txid), file, mark, seen);
		this.counters.snapshots.incrementAndGet();
		if (txid > 1) {
			this.onFullCopy.run();
		}
		return new PrimaryCapture(database, this.settings.maxBatchBytes(), mark);
	}

	static LtxHeader header(PrimaryDatabase database, PrimaryWalState state, long pages, long minTxid, long maxTxid,
			Instant timestamp) {
		LtxHeader header = LtxHeader.noChecksum(database.pageSize(), pages, minTxid, maxTxid, timestamp.toEpochMilli());
		long end = database.endOffset(state);
		if (state.frames() == 0) {
			return header;
		}
		long first = WalHeader.SIZE;
		return header.withWal(first, end - first, state.salt1(), state.salt2());
	}

	private long reopen(PrimaryDatabase database) throws IOException, SQLException {
		PrimaryCapture current = this.capture;
		if (current != null) {
			report(current, database.state());
		}
		if (this.checkpointer.giveUpContinuity(database)) {
			this.capture = null;
			this.shipper.reset(this.shipper.txid(), null);
			this.position = withoutKnowledge();
		}
		long wait = this.reopenAt - this.ticker.nanoTime();
		if (this.reopenPause > 0 && wait > 0) {
			return wait;
		}
		if (this.counters.batches.get() > this.batchesAtReopen) {
			this.reopenPause = 0;
		}
		this.batchesAtReopen = this.counters.batches.get();
		this.reopenPause = Math.min(this.settings.storeRetry().toNanos(),
				Math.max(Duration.ofMillis(50).toNanos(), this.reopenPause * 2));
		this.reopenAt = this.ticker.nanoTime() + this.reopenPause;
		this.shipper.reopen();
		PrimaryMark acknowledged = this.shipper.acknowledged();
		current = this.capture;
		if (acknowledged != null && current != null) {
			current.rewind(acknowledged);
		}
		else {
			loseContinuity();
		}
		return 0;
	}

	/**
	 * Takes note that only a full copy connects to the log, unless the write-ahead log
	 * has not been looked at yet.
	 */
	void loseContinuity() {
		boolean unproved = this.position.relation() == PrimaryPosition.Relation.SHIPPED && this.capture == null
				&& this.position.txid() == this.shipper.txid();
		if (!unproved) {
			this.capture = null;
			this.shipper.reset(this.shipper.txid(), null);
			this.position = withoutKnowledge();
		}
	}

	/**
	 * Lets go of a database that has been replaced by another file.
	 */
	void dropIfReplaced() throws IOException, SQLException {
		if (this.hold.dropIfReplaced()) {
			loseContinuity();
		}
	}

	private boolean shipAll(PrimaryWalState state, Duration timeout) throws IOException, SQLException {
		PrimaryDatabase database = this.hold.attach();
		PrimaryCapture current = this.capture;
		long deadline = this.ticker.nanoTime() + timeout.toNanos();
		while (database != null && current != null) {
			this.shipper.settle();
			if (!this.shipper.isOpen()) {
				return false;
			}
			captureInto(database, current, state);
			this.shipper.settle();
			if (this.shipper.isIdle() && current.isLevel(state)) {
				return true;
			}
			long left = deadline - this.ticker.nanoTime();
			if (left <= 0) {
				return false;
			}
			this.signal.await(left);
		}
		return false;
	}

	/**
	 * Returns whether a commit may be about to show.
	 */
	boolean isCommitExpected() throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		return database != null && database.hasUnpublishedFrames(database.state());
	}

	/**
	 * Returns whether everything committed is in the log.
	 */
	boolean isLevel() throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		PrimaryCapture current = this.capture;
		if (database == null) {
			return this.hold.isNothingThere();
		}
		return current != null && this.shipper.isIdle() && this.shipper.acknowledged() == current.mark()
				&& current.isLevel(database.state());
	}

	/**
	 * Keeps writers out and looks whether everything committed is in the log, shipping
	 * what is missing.
	 * @return whether it is; if so, the barrier stands
	 */
	boolean closeDoor(Duration timeout) throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		if (database == null) {
			return isLevel();
		}
		if (!this.checkpointer.raiseBarrier(database)) {
			return false;
		}
		boolean level = false;
		try {
			level = isLevel() || (shipAll(database.state(), timeout) && isLevel());
		}
		finally {
			if (!level) {
				database.connections().endBarrier();
			}
		}
		return level;
	}

	/**
	 * Lets go of everything.
	 */
	PrimaryEnd release() throws IOException, SQLException {
		boolean shipped = false;
		boolean empty = false;
		try {
			dropIfReplaced();
			PrimaryDatabase database = this.hold.held();
			PrimaryCapture current = this.capture;
			shipped = isLevel() && (database == null || (this.checkpointer.raiseBarrier(database) && isLevel()));
			if (shipped && database != null && current != null) {
				this.checkpointer.checkpointAll(database);
				current.lockedHere();
				database.connections().endBarrier();
				database.connections().checkpoint("TRUNCATE");
				shipped = isLevel();
				empty = shipped && database.state().frames() == 0;
			}
		}
		finally {
			this.shipper.close();
			this.hold.release(empty);
			this.counters.state(ReplicationStatus.State.STOPPED);
		}
		return new PrimaryEnd(shipped, this.shipper.txid(), empty);
	}

	/**
	 * Begins a read transaction for a snapshot exactly at a transaction of the log.
	 * @return the source, empty if the log cannot be brought up to there now
	 */
	Optional<SnapshotSource> openSnapshot(Duration timeout) throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		PrimaryCapture current = this.capture;
		if (database == null || current == null || !this.shipper.isOpen()) {
			return Optional.empty();
		}
		Connection connection = DatabaseConnections.connect(database.path(), this.settings.busyTimeout());
		boolean handedOut = false;
		try {
			PrimaryWalState state = database.beginRead(connection);
			if (!shipAll(state, timeout)) {
				return Optional.empty();
			}
			handedOut = true;
			return Optional
				.of(new SnapshotSource(connection, database, state, current.mark().txid(), this.clock.instant()));
		}
		finally {
			if (!handedOut) {
				connection.close();
			}
		}
	}

}
