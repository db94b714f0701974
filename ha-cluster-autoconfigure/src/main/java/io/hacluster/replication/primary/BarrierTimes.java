package io.hacluster.replication.primary;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * For how long writers have been kept out. Thread-safe.
 */
final class BarrierTimes {

	/**
	 * What a writer may have to wait for because of us.
	 */
	static final Duration LIMIT = Duration.ofMillis(50);

	private final LongAdder count = new LongAdder();

	private final LongAdder overLimit = new LongAdder();

	private final AtomicLong longest = new AtomicLong();

	void add(long nanos) {
		this.count.increment();
		if (nanos > LIMIT.toNanos()) {
			this.overLimit.increment();
		}
		this.longest.accumulateAndGet(nanos, Math::max);
	}

	long count() {
		return this.count.sum();
	}

	/**
	 * Returns how many of them exceeded {@link #LIMIT}.
	 */
	long overLimit() {
		return this.overLimit.sum();
	}

	Duration longest() {
		return Duration.ofNanos(this.longest.get());
	}

}
