package io.hacluster.lifecycle;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.election.HeldLease;

/**
 * What is posted to the signal thread. The epoch says which term is meant; signals of
 * another than the current one are dropped.
 *
 * @param trigger what it means to the state machine
 * @param epoch the term, {@code null} for whichever is current
 * @param reason why, for people
 * @param failure whether something has gone wrong, rather than that somebody asked for it
 * @param lease the lease won, for {@link Trigger#GRANTED} only
 */
record Signal(Trigger trigger, @Nullable Epoch epoch, String reason, boolean failure, @Nullable HeldLease lease) {

	static Signal of(Trigger trigger, Epoch epoch, String reason) {
		return new Signal(trigger, epoch, reason, false, null);
	}

	static Signal granted(HeldLease lease) {
		return new Signal(Trigger.GRANTED, lease.epoch(), "won the election", false, lease);
	}

	static Signal lost(@Nullable Epoch epoch, String reason) {
		return new Signal(Trigger.LOST, epoch, reason, true, null);
	}

	/**
	 * Returns whether the lease was lost to the clock or the store, which says nothing
	 * against this node. A signal about whichever term is current comes from elsewhere:
	 * from the log, or from the end of the node.
	 */
	boolean isLeaseLost() {
		return this.trigger == Trigger.LOST && this.epoch != null;
	}

	/**
	 * Returns whether another node is to have the first chance after this.
	 */
	boolean blamesNode() {
		return switch (this.trigger) {
			case FAILED, STEP_DOWN -> true;
			case LOST -> !isLeaseLost();
			case GRANTED, PROMOTED, SETTLED, BACKEND_FAILED -> false;
		};
	}

	/**
	 * Returns whether the backend could not be kept running, or not be started: another
	 * node is to try, and this one to cool. Not for a leader's
	 * {@link Trigger#BACKEND_FAILED}, after which there may be restarts left.
	 */
	boolean isOfBackend() {
		return this.failure && this.trigger != Trigger.LOST;
	}

	static Signal backendFailed(Epoch epoch, String detail) {
		return new Signal(Trigger.BACKEND_FAILED, epoch, detail, true, null);
	}

	static Signal backendNotStarted(Epoch epoch, String reason) {
		return new Signal(Trigger.FAILED, epoch, reason, true, null);
	}

	static Signal backendEnded(Epoch epoch, String detail) {
		return new Signal(Trigger.STEP_DOWN, epoch, "the backend " + detail, true, null);
	}

	static Signal current(Trigger trigger, String reason) {
		return new Signal(trigger, null, reason, false, null);
	}

}
