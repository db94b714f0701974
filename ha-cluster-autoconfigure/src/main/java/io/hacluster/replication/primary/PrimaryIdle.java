package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;

/**
 * How the thread that ships waits between two rounds: woken by a commit or, where each
 * look finds one anyway, by the clock alone.
 */
final class PrimaryIdle {

	/**
	 * How long each look has to find something until being woken is done without.
	 */
	private static final long BUSY = Duration.ofMillis(20).toNanos();

	private static final long EAGER = Duration.ofSeconds(1).toNanos();

	private static final long EAGER_FIRST = Duration.ofNanos(100_000).toNanos();

	private static final long EAGER_LONGEST = Duration.ofMillis(10).toNanos();

	private final PrimaryEngine engine;

	private final PrimarySignal signal;

	private final Ticker ticker;

	private volatile @Nullable PrimaryWatch watch;

	private long eagerUntil;

	private long eagerWait = EAGER;

	private long busySince;

	PrimaryIdle(PrimaryEngine engine, PrimarySignal signal, Ticker ticker) {
		this.engine = engine;
		this.signal = signal;
		this.ticker = ticker;
		this.eagerUntil = ticker.nanoTime();
		this.busySince = this.eagerUntil;
	}

	/**
	 * Says who gives the signals for commits. To be called by any thread.
	 */
	void watch(PrimaryWatch watch) {
		this.watch = watch;
	}

	/**
	 * Waits until the next round is due.
	 * @param nanos how long at most
	 */
	void await(long nanos) {
		if (this.engine.isNapping()) {
			lookAwayIfBusy();
			this.signal.awaitOtherThanCommit(nanos);
			return;
		}
		if (lookBackIfIdle()) {
			// what was committed before has given no signal
			return;
		}
		long wait = nanos;
		boolean eager = this.eagerUntil - this.ticker.nanoTime() > 0;
		if (wait > 0 && eager && isCommitExpected()) {
			wait = Math.min(wait, this.eagerWait);
			this.eagerWait = Math.min(EAGER_LONGEST, this.eagerWait * 2);
		}
		if (wait <= 0) {
			return;
		}
		if (this.signal.await(wait)) {
			this.eagerUntil = this.ticker.nanoTime() + EAGER;
			this.eagerWait = EAGER_FIRST;
		}
	}

	private void lookAwayIfBusy() {
		PrimaryWatch current = this.watch;
		if (current != null && !current.isAway() && this.engine.look() == PrimaryLook.BUSY
				&& this.ticker.nanoTime() - this.busySince >= BUSY) {
			current.lookAway();
		}
	}

	private boolean lookBackIfIdle() {
		if (this.engine.look() != PrimaryLook.IDLE) {
			return false;
		}
		this.busySince = this.ticker.nanoTime();
		PrimaryWatch current = this.watch;
		if (current == null || !current.isAway()) {
			return false;
		}
		try {
			current.lookBack();
			return true;
		}
		catch (IOException ex) {
			// without it, the log is looked at once a second
			return false;
		}
	}

	private boolean isCommitExpected() {
		try {
			return this.engine.isCommitExpected();
		}
		catch (IOException | SQLException ex) {
			return false;
		}
	}

}
