package io.hacluster.replication.follower;

import java.util.concurrent.atomic.AtomicLong;

import io.hacluster.replication.LogEntry;

/**
 * What a follower counts. Thread-safe.
 */
public final class FollowerCounters {

	private final AtomicLong batches = new AtomicLong();

	private final AtomicLong bytes = new AtomicLong();

	private final AtomicLong checkpoints = new AtomicLong();

	private final AtomicLong restores = new AtomicLong();

	private final AtomicLong storeErrors = new AtomicLong();

	void applied(LogEntry entry) {
		this.batches.incrementAndGet();
		this.bytes.addAndGet(entry.size());
	}

	void checkpoint() {
		this.checkpoints.incrementAndGet();
	}

	void restore() {
		this.restores.incrementAndGet();
	}

	void storeError() {
		this.storeErrors.incrementAndGet();
	}

	public long batches() {
		return this.batches.get();
	}

	public long bytes() {
		return this.bytes.get();
	}

	public long checkpoints() {
		return this.checkpoints.get();
	}

	public long restores() {
		return this.restores.get();
	}

	public long storeErrors() {
		return this.storeErrors.get();
	}

}
