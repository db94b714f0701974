package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.Ticker;
import io.hacluster.replication.Replication;

/**
 * The end of a node's life: that it has begun, and that the node has come to rest since.
 * Thread-safe.
 */
final class Departure {

	private final @Nullable Replication replication;

	private final Lane lane;

	private final Duration timeout;

	private final StatusBoard board;

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch rest = new CountDownLatch(1);

	Departure(@Nullable Replication replication, Lane lane, Duration timeout, StatusBoard board) {
		this.replication = replication;
		this.lane = lane;
		this.timeout = timeout;
		this.board = board;
	}

	void begin() {
		this.begun.countDown();
	}

	boolean hasBegun() {
		return this.begun.getCount() == 0;
	}

	void atRest() {
		this.rest.countDown();
	}

	/**
	 * Ends the following of the log.
	 */
	void stopFollowing() {
		Replication followed = this.replication;
		if (followed != null) {
			Step step = Step.of(PromotionSequence.STOP_PASSIVE, null,
					new Step.Part(this.lane, this.timeout, () -> followed.stopFollowing(this.timeout)));
			new SequenceRun(TransitionReport.Kind.STEP_DOWN, Epoch.NONE, TransitionCause.SHUTDOWN, "stop", this.board,
					Ticker.SYSTEM)
				.run(step);
		}
	}

	/**
	 * Waits until the node has come to rest.
	 * @return false if the time has run out before
	 */
	boolean awaitRest(Duration timeout) {
		try {
			return this.rest.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

}
