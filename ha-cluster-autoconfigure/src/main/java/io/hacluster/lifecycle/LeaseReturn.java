package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.hacluster.Epoch;

/**
 * Gives the lease back at the end of a step-down, never before the backend has stopped,
 * and keeps the node out of the race afterwards.
 */
final class LeaseReturn {

	private final LeaseControl control;

	private final Lane lane;

	private final StatusBoard board;

	private final Duration leaseDuration;

	LeaseReturn(LeaseControl control, Lane lane, StatusBoard board, Duration leaseDuration) {
		this.control = control;
		this.lane = lane;
		this.board = board;
		this.leaseDuration = leaseDuration;
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
		stayOut();
		if (this.control.heldLease().filter((lease) -> lease.epoch().equals(term.epoch())).isPresent()) {
			run(() -> this.control.release(term.epoch()));
		}
	}

	/**
	 * Refuses a lease that this node cannot use.
	 */
	void refuse(Epoch epoch) {
		stayOut();
		this.lane.submit(() -> this.control.release(epoch));
	}

	/**
	 * Stays out of the race for a lease duration from now.
	 */
	void stayOut() {
		this.control.standAside(this.leaseDuration);
	}

	private void run(Runnable call) {
		try {
			this.lane.submit(call).get(this.leaseDuration.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			this.board.failure("The lease could not be given back: " + ex.getCause());
		}
		catch (TimeoutException ex) {
			this.board.failure("The lease could not be given back in time");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
