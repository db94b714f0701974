package io.hacluster.replication;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a follower counts. Thread-safe.
 */
final class FollowerCounters {

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

	long batches() {
		return this.batches.get();
	}

	long bytes() {
		return this.bytes.get();
	}

	long checkpoints() {
		return this.checkpoints.get();
	}

	long restores() {
		return this.restores.get();
	}

	long storeErrors() {
		return this.storeErrors.get();
	}

}
