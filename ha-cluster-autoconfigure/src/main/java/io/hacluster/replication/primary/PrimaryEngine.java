package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.ltx.LtxName;

/**
 * What a primary does, round by round, on one thread.
 */
final class PrimaryEngine {

	private final PrimarySettings settings;

	private final PrimaryHold hold;

	private final PrimaryShipper shipper;

	private final PrimaryEncoder encoder;

	private final PrimaryFullCopy fullCopy;

	private final PrimaryContinuity continuity;

	private final PrimaryCheckpointer checkpointer;

	private final PrimaryCounters counters;

	private final PrimarySignal signal;

	private final Clock clock;

	private final Ticker ticker;

	private PrimaryPosition position = PrimaryPosition.seed();

	private final PrimaryRetry retry;

	private final PrimaryPace pace;

	private @Nullable PrimaryCapture capture;

	private PrimaryLook look = PrimaryLook.NONE;

	private final PrimaryBacklog backlog;

	PrimaryEngine(PrimarySettings settings, PrimaryHold hold, PrimaryShipper shipper, PrimaryEncoder encoder,
			PrimaryFullCopy fullCopy, PrimaryContinuity continuity, PrimaryCheckpointer checkpointer,
			PrimaryCounters counters, PrimarySignal signal, Clock clock, Ticker ticker) {
		this.settings = settings;
		this.hold = hold;
		this.shipper = shipper;
		this.encoder = encoder;
		this.fullCopy = fullCopy;
		this.continuity = continuity;
		this.checkpointer = checkpointer;
		this.counters = counters;
		this.signal = signal;
		this.clock = clock;
		this.ticker = ticker;
		this.backlog = new PrimaryBacklog(shipper, counters, ticker);
		this.pace = new PrimaryPace(settings.minBatchInterval(), ticker);
		this.retry = new PrimaryRetry(settings.storeRetry(), counters, ticker);
	}

	@Nullable PrimaryCapture capture() {
		return this.capture;
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
	 * @param paced whether to keep the minimum time between batches
	 * @return how long to wait for a signal before the next, in nanoseconds
	 */
	long turn(boolean paced) throws IOException, SQLException {
		this.look = PrimaryLook.IDLE;
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
		long nap = paced ? this.pace.nap() : 0;
		boolean progress = nap == 0 && captureInto(database, current, state);
		this.look = (nap > 0) ? PrimaryLook.NONE : progress ? PrimaryLook.BUSY : PrimaryLook.IDLE;
		this.shipper.settle();
		this.backlog.report(current, state);
		if (this.checkpointer.isDue(database, state)) {
			this.checkpointer.checkpoint(database, current,
					(target, timeout) -> shipAll(target, timeout, this.signal::isUrgent));
			this.backlog.report(current, database.state());
			return 0;
		}
		if (nap > 0) {
			return nap;
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
			long seen = this.backlog.oldest();
			Optional<PrimaryBatch> batch = current.next(state);
			if (batch.isEmpty()) {
				break;
			}
			PrimaryEncoder.EncodedFile file = this.encoder.encode(database, batch.get(), this.clock.instant());
			PrimaryMark mark = batch.get().end();
			this.shipper.ship(LtxName.batch(mark.txid()), file, mark, seen);
			current.advance(batch.get());
			this.backlog.captured();
			progress = true;
		}
		if (progress && current.isLevel(state)) {
			this.pace.level();
		}
		return progress;
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
			this.counters.pending(0, this.ticker.nanoTime());
			PrimaryMark mark = this.fullCopy.ship(database);
			current = new PrimaryCapture(database, this.settings.maxBatchBytes(), mark);
			this.capture = current;
		}
		return current;
	}

	private long reopen(PrimaryDatabase database) throws IOException, SQLException {
		PrimaryCapture current = this.capture;
		if (current != null) {
			this.backlog.report(current, database.state());
		}
		if (this.checkpointer.giveUpContinuity(database)) {
			this.capture = null;
			this.shipper.reset(this.shipper.txid(), null);
			this.position = withoutKnowledge();
		}
		long wait = this.retry.next();
		if (wait > 0) {
			return wait;
		}
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
	 * Opens the log again and ships a full copy into it: it has lost what was in it.
	 */
	void distrustLog(String reason) {
		this.shipper.abandon(reason);
		this.capture = null;
	}

	/**
	 * Lets go of a database that has been replaced by another file.
	 */
	void dropIfReplaced() throws IOException, SQLException {
		if (this.hold.dropIfReplaced()) {
			loseContinuity();
		}
	}

	/**
	 * Ships what is committed at a state.
	 * @return whether the log has acknowledged all of it in time
	 */
	boolean shipAll(PrimaryWalState state, Duration timeout) throws IOException, SQLException {
		return shipAll(state, timeout, () -> false);
	}

	private boolean shipAll(PrimaryWalState state, Duration timeout, BooleanSupplier giveUp)
			throws IOException, SQLException {
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
			if (left <= 0 || giveUp.getAsBoolean()) {
				return false;
			}
			this.signal.await(left);
		}
		return false;
	}

	/**
	 * Returns what the last round has found.
	 */
	PrimaryLook look() {
		return this.look;
	}

	/**
	 * Returns whether the next batch has to wait.
	 */
	boolean isNapping() {
		return this.pace.nap() > 0;
	}

	/**
	 * Returns whether a commit may be about to show.
	 */
	boolean isCommitExpected() throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		return database != null && database.hasUnpublishedFrames(database.state());
	}

}
