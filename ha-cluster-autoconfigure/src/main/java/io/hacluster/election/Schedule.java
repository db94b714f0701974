package io.hacluster.election;

import java.util.random.RandomGenerator;

/**
 * When a claim reads, renews and tries again. Retries back off and are jittered
 * (invariant I18), and never wait longer than one renew interval.
 */
final class Schedule {

	private static final int FIRST_RETRY = 8;

	private final long interval;

	private final RandomGenerator random;

	private long notBefore;

	private boolean readNow;

	private long readAt;

	private long renewAt;

	private long jitter;

	private int failures;

	Schedule(long interval, RandomGenerator random) {
		this.interval = interval;
		this.random = random;
	}

	/**
	 * Returns until when no call is to be made because the last one failed.
	 */
	long notBefore(long now) {
		return (this.failures > 0) ? this.notBefore : now;
	}

	long readAt() {
		return this.readAt;
	}

	long renewAt() {
		return this.renewAt;
	}

	/**
	 * Returns a delay that keeps candidates apart which see a lease expire together.
	 */
	long jitter() {
		return this.jitter;
	}

	/**
	 * Returns whether the record is to be read: when asked for, and from time to time
	 * while somebody else may hold it (invariant I13).
	 */
	boolean isReadDue(long now, boolean held) {
		return this.readNow || (!held && now - this.readAt >= 0);
	}

	void readNow() {
		this.readNow = true;
	}

	void answered(long now) {
		this.failures = 0;
		this.readNow = false;
		this.readAt = now + this.interval - this.random.nextLong(this.interval / 8 + 1);
		this.jitter = this.random.nextLong(this.interval / 8 + 1);
	}

	/**
	 * Backs off, but not for long while a lease is held: it is running out.
	 */
	void failed(long now, boolean held) {
		long delay = this.interval / FIRST_RETRY << Math.min(this.failures++, held ? 1 : 3);
		this.notBefore = now + delay / 2 + this.random.nextLong(delay / 2 + 1);
	}

	void renewed(long sentAt) {
		this.renewAt = sentAt + this.interval;
	}

}
