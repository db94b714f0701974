package io.hacluster.election;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.Ticker;

/**
 * One term of holding a lease. Validity is latched: once anybody has seen the deadline
 * pass, no renewal brings the term back (invariants I1 and I2).
 */
final class Term implements HeldLease {

	private final Epoch epoch;

	private final Ticker ticker;

	private final AtomicReference<@Nullable Deadline> deadline;

	private final AtomicBoolean concluded = new AtomicBoolean();

	Term(Epoch epoch, long deadline, Ticker ticker) {
		this.epoch = epoch;
		this.ticker = ticker;
		this.deadline = new AtomicReference<>(new Deadline(deadline));
	}

	@Override
	public Epoch epoch() {
		return this.epoch;
	}

	@Override
	public Duration remaining() {
		return Duration.ofNanos(remainingNanos());
	}

	long remainingNanos() {
		while (true) {
			Deadline current = this.deadline.get();
			if (current == null) {
				return 0;
			}
			long remaining = current.nanoTime() - this.ticker.nanoTime();
			if (remaining > 0) {
				return remaining;
			}
			if (this.deadline.compareAndSet(current, null)) {
				return 0;
			}
		}
	}

	/**
	 * Moves the deadline after a successful compare-and-set.
	 * @param nanoTime the new deadline
	 * @return false if the term was over before
	 */
	boolean extend(long nanoTime) {
		Deadline current = this.deadline.get();
		return current != null && current.nanoTime() - this.ticker.nanoTime() > 0
				&& this.deadline.compareAndSet(current, new Deadline(nanoTime));
	}

	/**
	 * Ends the term at once, whatever is left of it.
	 */
	void end() {
		this.deadline.set(null);
	}

	/**
	 * Claims the right to tell about the end of this term, which only one caller gets.
	 * @return whether the caller is the one
	 */
	boolean conclude() {
		return this.concluded.compareAndSet(false, true);
	}

	private record Deadline(long nanoTime) {
	}

}
