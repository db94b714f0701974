package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.ReplicationStatus;

/**
 * What a primary does, round by round, on one thread.
 */
final class PrimaryEngine {

	/**
	 * How long to wait for a full copy to end that is told to.
	 */
	private static final Duration CLOSE = Duration.ofSeconds(5);

	private final Duration poll;

	private final PrimaryHold hold;

	private final PrimaryShipper shipper;

	private final PrimaryTransfer transfer;

	private final PrimaryFullCopy fullCopy;

	private final PrimaryContinuity continuity;

	private final PrimaryCheckpointer checkpointer;

	private final PrimaryWalBound walBound;

	private final PrimaryCounters counters;

	private final PrimarySignal signal;

	private final PrimaryRetry retry;

	private final PrimaryPace pace;

	private PrimaryPosition position = PrimaryPosition.seed();

	private PrimaryLook look = PrimaryLook.NONE;

	PrimaryEngine(Duration poll, PrimaryHold hold, PrimaryShipper shipper, PrimaryTransfer transfer,
			PrimaryFullCopy fullCopy, PrimaryContinuity continuity, PrimaryCheckpointer checkpointer,
			PrimaryWalBound walBound, PrimaryRetry retry, PrimaryPace pace, PrimaryCounters counters,
			PrimarySignal signal) {
		this.poll = poll;
		this.hold = hold;
		this.shipper = shipper;
		this.transfer = transfer;
		this.fullCopy = fullCopy;
		this.continuity = continuity;
		this.checkpointer = checkpointer;
		this.walBound = walBound;
		this.retry = retry;
		this.pace = pace;
		this.counters = counters;
		this.signal = signal;
	}

	/**
	 * Takes note of what is known, and takes hold of the database if it is there.
	 */
	void hold(PrimaryPosition position) throws IOException, SQLException {
		this.position = position;
		this.shipper.reset(position.txid(), null);
		this.transfer.disconnect();
		PrimaryDatabase database = this.hold.attach();
		if (database == null) {
			this.position = withoutKnowledge();
		}
		else if (position.relation() == PrimaryPosition.Relation.LEVEL) {
			PrimaryWalState state = database.renewReadLock();
			this.transfer.goOnFrom(database,
					new PrimaryMark(position.txid(), database.end(state), database.pages(state)));
		}
	}

	private PrimaryPosition withoutKnowledge() {
		return (this.shipper.txid() == 0) ? PrimaryPosition.seed() : PrimaryPosition.unknown(this.shipper.txid());
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
			return this.poll.toNanos();
		}
		this.counters.state(ReplicationStatus.State.SHIPPING);
		this.shipper.settle();
		if (!this.shipper.isOpen()) {
			return reopen(database);
		}
		PrimaryCapture current = this.transfer.capture();
		if (current == null) {
			current = connect(database);
		}
		if (current == null) {
			this.transfer.report(database.state());
			return this.poll.toNanos();
		}
		return ship(database, current, paced);
	}

	private long ship(PrimaryDatabase database, PrimaryCapture current, boolean paced)
			throws IOException, SQLException {
		PrimaryWalState state = database.state();
		long nap = paced ? this.pace.nap() : 0;
		boolean progress = nap == 0 && this.transfer.capture(database, current, state);
		if (progress && current.isLevel(state)) {
			this.pace.level();
		}
		this.look = (nap > 0) ? PrimaryLook.NONE : progress ? PrimaryLook.BUSY : PrimaryLook.IDLE;
		this.shipper.settle();
		long unshipped = this.transfer.report(state);
		if (this.checkpointer.isDue(database, state)) {
			this.checkpointer.checkpoint(database, current,
					(target, timeout) -> this.transfer.shipAll(target, timeout, this.signal::isUrgent));
			unshipped = this.transfer.report(database.state());
			progress = true;
		}
		if (this.walBound.enforce(database, current, unshipped)) {
			giveUpContinuity();
			return 0;
		}
		if (nap > 0) {
			return nap;
		}
		if (progress && this.shipper.hasRoom()) {
			return 0;
		}
		return (this.shipper.isIdle() && current.isLevel(state)) ? this.poll.toNanos() : this.poll.toNanos() / 2;
	}

	private void forgetPosition() {
		if (this.transfer.capture() != null || this.position.relation() == PrimaryPosition.Relation.SHIPPED) {
			giveUpContinuity();
		}
	}

	/**
	 * Finds out where to go on, or goes on with a full copy.
	 * @return where to go on, null while the full copy is under way
	 */
	private @Nullable PrimaryCapture connect(PrimaryDatabase database) throws IOException, SQLException {
		PrimaryMark mark = null;
		if (this.position.relation() == PrimaryPosition.Relation.SHIPPED) {
			mark = this.continuity.prove(database, this.position.txid(), database.state());
			this.position = withoutKnowledge();
		}
		if (mark == null && this.shipper.isIdle()) {
			// what is in flight has the next transaction's number
			mark = this.fullCopy.advance(database);
		}
		if (mark == null) {
			return null;
		}
		this.walBound.connected(database);
		return this.transfer.goOnFrom(database, mark);
	}

	private long reopen(PrimaryDatabase database) throws IOException, SQLException {
		PrimaryWalState state = database.state();
		long unshipped = this.transfer.report(state);
		PrimaryCapture current = this.transfer.capture();
		if (current == null && !this.fullCopy.isUnderWay() && this.walBound.isCutBack()) {
			this.walBound.keepSmall(database, state);
		}
		else if (this.walBound.enforce(database, current, unshipped)) {
			this.fullCopy.abandon(CLOSE);
			giveUpContinuity();
		}
		long wait = this.retry.next();
		if (wait > 0) {
			return Math.min(wait, this.poll.toNanos());
		}
		this.shipper.reopen();
		PrimaryMark acknowledged = this.shipper.acknowledged();
		current = this.transfer.capture();
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
		boolean unproved = this.position.relation() == PrimaryPosition.Relation.SHIPPED
				&& this.transfer.capture() == null && this.position.txid() == this.shipper.txid();
		if (!unproved) {
			giveUpContinuity();
		}
	}

	private void giveUpContinuity() {
		this.transfer.disconnect();
		this.position = withoutKnowledge();
	}

	/**
	 * Opens the log again and ships a full copy into it: it has lost what was in it.
	 */
	void distrustLog(String reason) {
		this.shipper.abandon(reason);
		this.transfer.disconnect();
	}

	/**
	 * Lets go of a database that has been replaced by another file.
	 */
	void dropIfReplaced() throws IOException, SQLException {
		if (this.hold.isReplaced()) {
			this.fullCopy.abandon(CLOSE);
			this.hold.dropReplaced();
			loseContinuity();
		}
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

	/**
	 * Ends what is under way; to be called before the database is let go of.
	 */
	void close() {
		this.fullCopy.abandon(CLOSE);
	}

}
