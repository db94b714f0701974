package io.hacluster.replication.primary;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.wal.WalBatch;
import io.hacluster.replication.wal.WalChangedException;
import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;

/**
 * Goes along the write-ahead log, batch by batch, and never over a gap. The log may be
 * restarted from its beginning only at the very place at which the read lock was last
 * renewed with everything captured: from there on the read lock keeps each later frame in
 * place. A restart anywhere else means that frames have been lost from sight. Not
 * thread-safe.
 */
final class PrimaryCapture {

	private final PrimaryDatabase database;

	private final int maxFrames;

	private PrimaryMark mark;

	private @Nullable WalPosition restartableAt;

	private boolean restartable = true;

	/**
	 * Creates a capture.
	 * @param database the database
	 * @param maxBatchBytes size of the frames from which on a batch ends at a commit
	 * @param mark where to begin, protected by the read lock, which was taken there
	 */
	PrimaryCapture(PrimaryDatabase database, int maxBatchBytes, PrimaryMark mark) {
		this.database = database;
		this.maxFrames = Math.max(1, maxBatchBytes / database.frameSize());
		this.mark = mark;
		this.restartableAt = mark.end();
	}

	/**
	 * Returns up to where everything has been captured.
	 */
	PrimaryMark mark() {
		return this.mark;
	}

	/**
	 * Goes back to where the log has acknowledged.
	 */
	void rewind(PrimaryMark acknowledged) {
		this.mark = acknowledged;
	}

	/**
	 * Tells that the read lock has been renewed exactly here.
	 */
	void lockedHere() {
		this.restartableAt = this.mark.end();
		this.restartable = true;
	}

	/**
	 * Tells that the read lock has been renewed at another place, so that frames may be
	 * overwritten that have not been seen.
	 */
	void lockedElsewhere() {
		this.restartable = false;
	}

	private boolean mayRestart() {
		return this.restartable && Objects.equals(this.mark.end(), this.restartableAt);
	}

	/**
	 * Returns whether all that is committed has been captured.
	 */
	boolean isLevel(PrimaryWalState state) {
		WalPosition end = this.mark.end();
		if (end != null && state.sameGeneration(end.salt1(), end.salt2())) {
			return end.offset() == this.database.endOffset(state);
		}
		return state.frames() == 0 && mayRestart();
	}

	/**
	 * Returns how many committed frames lie after a mark.
	 */
	long framesAfter(PrimaryMark from, PrimaryWalState state) {
		WalPosition end = from.end();
		boolean same = end != null && state.sameGeneration(end.salt1(), end.salt2());
		long before = (end != null && same) ? (end.offset() - WalHeader.SIZE) / this.database.frameSize() : 0;
		return Math.max(0, state.frames() - before);
	}

	/**
	 * Captures the next batch. Goes no further before {@link #advance} is told of it.
	 * @param state what is committed
	 * @return the batch, empty if there is nothing or the log is being restarted at the
	 * moment
	 * @throws ContinuityLostException if the log does not connect to the mark
	 */
	Optional<PrimaryBatch> next(PrimaryWalState state) throws IOException {
		if (isLevel(state)) {
			requireSameFrame(this.mark.end(), state);
			return Optional.empty();
		}
		WalPosition from = from(state);
		if (from == null) {
			return Optional.empty();
		}
		long endOffset = this.database.endOffset(state);
		if (from.offset() > endOffset) {
			throw new ContinuityLostException("The write-ahead log is committed up to byte " + endOffset
					+ ", although byte " + from.offset() + " has been shipped");
		}
		WalBatch frames;
		try {
			frames = this.database.walReader().read(from, this.database.pageSize(), this.maxFrames, endOffset);
		}
		catch (WalChangedException ex) {
			throw new ContinuityLostException(String.valueOf(ex.getMessage()));
		}
		if (frames.isEmpty()) {
			throw new IOException("The write-ahead log is not sound after byte " + from.offset());
		}
		PrimaryMark end = new PrimaryMark(this.mark.txid() + 1, frames.end(), frames.commit());
		requireSameFrame(frames.end(), state);
		return Optional.of(new PrimaryBatch(this.mark, end, frames));
	}

	/**
	 * Goes on after a batch that has been sent.
	 */
	void advance(PrimaryBatch batch) {
		this.mark = batch.end();
	}

	private @Nullable WalPosition from(PrimaryWalState state) throws IOException {
		WalPosition end = this.mark.end();
		if (end != null && state.sameGeneration(end.salt1(), end.salt2())) {
			return end;
		}
		if (!mayRestart()) {
			throw new ContinuityLostException(
					"The write-ahead log was restarted before all of its frames had been seen");
		}
		Optional<WalHeader> header = this.database.walReader().header();
		return header.filter((it) -> state.sameGeneration(it.salt1(), it.salt2())).map(WalPosition::start).orElse(null);
	}

	private void requireSameFrame(@Nullable WalPosition end, PrimaryWalState state) {
		if (end == null || !state.sameGeneration(end.salt1(), end.salt2())
				|| end.offset() != this.database.endOffset(state) || state.frames() == 0) {
			return;
		}
		if (end.checksum1() != state.checksum1() || end.checksum2() != state.checksum2()) {
			throw new ContinuityLostException("The write-ahead log was overwritten before byte " + end.offset());
		}
	}

}
