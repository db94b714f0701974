package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.hacluster.Epoch;

/**
 * Enters this node into the election, gives leases back (never before the backend has
 * stopped) and keeps the node out of the race afterwards.
 */
final class Candidacy {

	private static final Duration RETRY = Duration.ofSeconds(1);

	private final LeaseControl control;

	private final Lane lane;

	private final StatusBoard board;

	private final Duration leaseDuration;

	private final Supplier<Duration> cooling;

	private final CountDownLatch ended = new CountDownLatch(1);

	Candidacy(LeaseControl control, Lane lane, StatusBoard board, Duration leaseDuration, Supplier<Duration> cooling) {
		this.control = control;
		this.lane = lane;
		this.board = board;
		this.leaseDuration = leaseDuration;
		this.cooling = cooling;
	}

	/**
	 * Enters the election, and tries until that has succeeded. Returns at once.
	 */
	void enter() {
		submit(() -> {
			boolean entered = false;
			while (!entered && this.ended.getCount() > 0) {
				entered = tryToEnter();
			}
		});
	}

	/**
	 * Ends the lease of a term.
	 * @param backendStopped whether the backend has certainly stopped: if not, the lease
	 * is not given back but runs out, so that the successor waits as long as for a node
	 * that has died
	 */
	void giveBack(Term term, boolean backendStopped) {
		if (!backendStopped) {
			this.board.failure("The lease of epoch " + term.epoch()
					+ " is not given back but left to run out, because the backend may still be running");
			run(this.control::close);
			return;
		}
		boolean held = this.control.heldLease().filter((lease) -> lease.epoch().equals(term.epoch())).isPresent();
		if (held || term.standsAside()) {
			stayOut();
		}
		if (held) {
			run(() -> this.control.release(term.epoch()));
		}
	}

	/**
	 * Refuses a lease that this node cannot use. Returns at once.
	 */
	void refuse(Epoch epoch) {
		stayOut();
		submit(() -> this.control.release(epoch));
	}

	/**
	 * Stays out of the race for a lease duration from now, and until the backend has
	 * cooled.
	 */
	void stayOut() {
		Duration left = this.cooling.get();
		this.control.standAside((left.compareTo(this.leaseDuration) > 0) ? left : this.leaseDuration);
	}

	/**
	 * Stays out of the race until {@link #rejoin()}: this node is not in a state to lead.
	 */
	void withdraw() {
		this.control.stayOut(true);
	}

	/**
	 * Joins the race again, after the time to stay out if there is one.
	 */
	void rejoin() {
		this.control.stayOut(false);
	}

	/**
	 * Ends the trying of {@link #enter()}.
	 */
	void giveUp() {
		this.ended.countDown();
	}

	/**
	 * Leaves the election for good. A lease that is still held runs out.
	 */
	void end() {
		giveUp();
		run(this.control::close);
	}

	private boolean tryToEnter() {
		try {
			this.control.start(this.cooling.get());
			return true;
		}
		catch (RuntimeException ex) {
			this.board.failure("The election cannot be entered: " + ex.getMessage());
		}
		try {
			return this.ended.await(RETRY.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

	private void submit(Runnable call) {
		try {
			this.lane.submit(call);
		}
		catch (RejectedExecutionException ex) {
			this.board.failure("The node is being closed and makes no more calls to the election");
		}
	}

	private void run(Runnable call) {
		try {
			this.lane.submit(call).get(this.leaseDuration.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			this.board.failure("The election has failed to take a call: " + ex.getCause());
		}
		catch (TimeoutException | RejectedExecutionException ex) {
			this.board.failure("The election has not taken a call in time; a lease that is held runs out");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
