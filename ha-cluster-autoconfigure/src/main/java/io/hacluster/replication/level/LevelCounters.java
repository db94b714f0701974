package io.hacluster.replication.level;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.hacluster.replication.ReplicationStatus.Upkeep;

/**
 * Counts what has been done to keep a log short. Thread-safe.
 */
public final class LevelCounters {

	private final AtomicLong snapshots = new AtomicLong();

	private final AtomicLong snapshotBytes = new AtomicLong();

	private final AtomicLong snapshotNanos = new AtomicLong();

	private final AtomicLong compactions = new AtomicLong();

	private final AtomicLong compactionBytes = new AtomicLong();

	private final AtomicLong compactionNanos = new AtomicLong();

	private final AtomicLong retired = new AtomicLong();

	/**
	 * Counts a snapshot.
	 * @param bytes its size
	 * @param nanos how long making and publishing it took
	 */
	public void snapshot(long bytes, long nanos) {
		this.snapshots.incrementAndGet();
		this.snapshotBytes.addAndGet(bytes);
		this.snapshotNanos.addAndGet(nanos);
	}

	void compaction(long bytes, long nanos) {
		this.compactions.incrementAndGet();
		this.compactionBytes.addAndGet(bytes);
		this.compactionNanos.addAndGet(nanos);
	}

	void retired() {
		this.retired.incrementAndGet();
	}

	/**
	 * Returns the totals.
	 * @return a snapshot
	 */
	public Upkeep upkeep() {
		return new Upkeep(this.snapshotBytes.get(), Duration.ofNanos(this.snapshotNanos.get()), this.compactions.get(),
				this.compactionBytes.get(), Duration.ofNanos(this.compactionNanos.get()), this.retired.get());
	}

	/**
	 * Returns how many snapshots were counted.
	 * @return the number
	 */
	public long snapshots() {
		return this.snapshots.get();
	}

}
