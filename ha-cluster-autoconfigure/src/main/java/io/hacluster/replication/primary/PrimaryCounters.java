package io.hacluster.replication.primary;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.level.LevelCounters;

/**
 * What a primary has done and how it is, for others to look at. Written by the thread
 * that ships, except for the totals.
 */
final class PrimaryCounters {

	final AtomicLong batches = new AtomicLong();

	final AtomicLong bytes = new AtomicLong();

	final LevelCounters levels = new LevelCounters();

	final AtomicLong checkpoints = new AtomicLong();

	final AtomicLong storeErrors = new AtomicLong();

	final AtomicLong fenceRejections = new AtomicLong();

	final BarrierTimes barriers = new BarrierTimes();

	private final Ticker ticker;

	private volatile ReplicationStatus.State state = ReplicationStatus.State.STOPPED;

	private volatile long txid;

	private volatile long pendingFrames;

	private volatile @Nullable Long pendingSince;

	private volatile @Nullable String failure;

	private volatile @Nullable String walNotice;

	private volatile @Nullable String snapshotFailure;

	PrimaryCounters(Ticker ticker) {
		this.ticker = ticker;
	}

	void state(ReplicationStatus.State state) {
		this.state = state;
	}

	void txid(long txid) {
		this.txid = txid;
	}

	/**
	 * Tells what is committed and not acknowledged.
	 * @param frames how many frames
	 * @param since when the oldest of them was first seen, null if there are none
	 */
	void pending(long frames, @Nullable Long since) {
		this.pendingFrames = frames;
		this.pendingSince = since;
	}

	void failure(@Nullable String failure) {
		this.failure = failure;
	}

	@Nullable String failure() {
		return this.failure;
	}

	/**
	 * Tells what is the matter with the size of the write-ahead log; to be seen beside
	 * the failure.
	 */
	void walNotice(@Nullable String notice) {
		this.walNotice = notice;
	}

	/**
	 * Tells why no snapshot can be taken; to be seen while nothing worse is the matter.
	 */
	void snapshotFailure(@Nullable String failure) {
		this.snapshotFailure = failure;
	}

	PrimaryStatus status() {
		String reason = Stream.of(this.failure, this.walNotice)
			.filter(Objects::nonNull)
			.collect(Collectors.joining(". "));
		if (reason.isEmpty()) {
			reason = this.snapshotFailure;
		}
		Long since = this.pendingSince;
		Duration lag = (since != null) ? Duration.ofNanos(Math.max(0, this.ticker.nanoTime() - since)) : Duration.ZERO;
		return new PrimaryStatus(this.state, this.txid, this.pendingFrames, lag, reason, this.batches.get(),
				this.bytes.get(), this.levels.snapshots(), this.checkpoints.get(), this.storeErrors.get(),
				this.fenceRejections.get(), this.levels.upkeep(), this.barriers.longest());
	}

}
