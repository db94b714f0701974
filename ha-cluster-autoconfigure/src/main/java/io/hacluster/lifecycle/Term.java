package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.election.HeldLease;

/**
 * A term of this node, from the lease won to the node settled again.
 */
final class Term {

	private final HeldLease lease;

	private final Set<String> toUndo = ConcurrentHashMap.newKeySet();

	private volatile @Nullable String lost;

	private volatile boolean standsAside;

	private volatile TransitionCause cause = TransitionCause.ELECTED;

	private @Nullable String aborted;

	private @Nullable SequenceRun run;

	Term(HeldLease lease) {
		this.lease = new TermLease(lease);
	}

	/**
	 * Returns the lease of this term, which also ends when the term is lost for another
	 * reason than time, such as a refusal by the log.
	 */
	HeldLease lease() {
		return this.lease;
	}

	Epoch epoch() {
		return this.lease.epoch();
	}

	/**
	 * Returns the names of the step-down steps that undo what has been begun.
	 */
	Set<String> toUndo() {
		return this.toUndo;
	}

	/**
	 * Returns what the sequence that is begun next is begun for.
	 */
	TransitionCause cause() {
		return this.cause;
	}

	void becauseOf(TransitionCause cause) {
		this.cause = cause;
	}

	void begun(Step step) {
		if (step.undoneBy() != null) {
			this.toUndo.add(step.undoneBy());
		}
	}

	/**
	 * Returns whether there is no time left for an orderly step-down.
	 */
	boolean isUrgent() {
		return this.lost != null || !this.lease.isValid();
	}

	/**
	 * Returns whether another node is to have the first chance after this term.
	 */
	boolean standsAside() {
		return this.standsAside;
	}

	void standAside() {
		this.standsAside = true;
	}

	/**
	 * Makes the run of a promotion or restart the one that is interrupted when the term
	 * ends. If it has ended already the run is interrupted before its first step.
	 */
	synchronized void runs(SequenceRun sequence) {
		this.run = sequence;
		if (this.aborted != null) {
			sequence.interrupt(this.aborted);
		}
	}

	/**
	 * Returns whether nothing is to be begun any more but the step-down.
	 */
	synchronized boolean isOver() {
		return this.aborted != null;
	}

	/**
	 * Makes the run of the step-down the one that is interrupted when the lease is lost.
	 */
	synchronized void stepsDown(SequenceRun stepDown) {
		this.run = stepDown;
	}

	/**
	 * Ends the promotion or the restart.
	 */
	synchronized void abort(String why) {
		this.aborted = why;
		interrupt(why);
	}

	/**
	 * Takes the lease as lost: what runs is interrupted, and what follows is urgent.
	 */
	synchronized void lose(String why) {
		this.lost = why;
		abort(why);
	}

	private void interrupt(String why) {
		SequenceRun current = this.run;
		if (current != null) {
			current.interrupt(why);
		}
	}

	private final class TermLease implements HeldLease {

		private final HeldLease delegate;

		TermLease(HeldLease delegate) {
			this.delegate = delegate;
		}

		@Override
		public Epoch epoch() {
			return this.delegate.epoch();
		}

		@Override
		public Duration remaining() {
			Duration remaining = this.delegate.remaining();
			return (Term.this.lost != null && !remaining.isNegative()) ? Duration.ZERO : remaining;
		}

	}

}
