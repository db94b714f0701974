package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.Ticker;
import io.hacluster.lifecycle.StepReport.Outcome;
import io.hacluster.lifecycle.TransitionReport.Kind;

/**
 * Runs the sequences, one at a time on a thread of its own, and posts how they ended.
 */
final class Conductor implements AutoCloseable {

	private static final Duration FIRST_RETRY = Duration.ofMillis(250);

	private final LifecycleSettings settings;

	private final PromotionSequence promotion;

	private final StepDownSequences stepDowns;

	private final @Nullable BackendRestart restart;

	private final Candidacy candidacy;

	private final StatusBoard board;

	private final Ticker ticker;

	private final Consumer<Signal> signals;

	private final Lane lane;

	private final CountDownLatch closing = new CountDownLatch(1);

	Conductor(String cluster, LifecycleSettings settings, PromotionSequence promotion, StepDownSequences stepDowns,
			@Nullable BackendRestart restart, Candidacy candidacy, StatusBoard board, Ticker ticker,
			Consumer<Signal> signals) {
		this.settings = settings;
		this.promotion = promotion;
		this.stepDowns = stepDowns;
		this.restart = restart;
		this.candidacy = candidacy;
		this.board = board;
		this.ticker = ticker;
		this.signals = signals;
		this.lane = new Lane("ha-steps-" + cluster);
	}

	/**
	 * Puts the node into the follower's state, whatever it finds, and tries until that
	 * has succeeded.
	 */
	void settle() {
		submit(() -> settle(this.stepDowns.create(), StepDownSequence.SETTLING, Epoch.NONE,
				"the node has been started"), this::startOver);
	}

	/**
	 * Goes through the nine steps.
	 */
	void promote(Term term) {
		submit(() -> runPromotion(term), () -> this.signals
			.accept(Signal.of(Trigger.FAILED, term.epoch(), "the promotion failed for an unexpected reason")));
	}

	/**
	 * Restarts the backend of a leader, or has it step down.
	 * @param why how the backend has failed
	 */
	void restart(Term term, String why) {
		BackendRestart backend = this.restart;
		if (backend != null) {
			submit(() -> backend.run(term, why),
					() -> this.signals.accept(Signal.backendEnded(term.epoch(), "could not be restarted")));
		}
	}

	/**
	 * Goes through the six steps.
	 * @param revoked waited for, for a bounded time, before the first step if the lease
	 * holds
	 */
	void stepDown(Term term, String reason, CompletableFuture<Void> revoked) {
		submit(() -> {
			Kind kind = term.isUrgent() ? Kind.URGENT_STEP_DOWN : Kind.STEP_DOWN;
			SequenceRun run = new SequenceRun(kind, term.epoch(), term.cause(), reason, this.board, this.ticker)
				.begun();
			term.stepsDown(run);
			if (!term.isUrgent()) {
				run.await(revoked, this.settings.timeouts().listeners());
				run.clearInterruption();
			}
			demote(term, run, this.stepDowns.create(), StepDownSequence.NAMES);
		}, this::startOver);
	}

	/**
	 * Undoes what the promotion has begun, in reverse.
	 */
	void unwind(Term term, String reason) {
		submit(() -> {
			SequenceRun run = new SequenceRun(Kind.UNWIND, term.epoch(), term.cause(), reason, this.board, this.ticker)
				.begun();
			term.stepsDown(run);
			StepDownSequence sequence = this.stepDowns.create();
			if (!term.toUndo().contains(Step.STOP_BACKEND)) {
				sequence.withBackendStopped();
			}
			demote(term, run, sequence, term.toUndo());
		}, this::startOver);
	}

	/**
	 * Ends the trying of {@link #settle()} after its current attempt.
	 */
	void giveUpSettling() {
		this.closing.countDown();
	}

	@Override
	public void close() {
		this.closing.countDown();
		this.lane.close();
	}

	private void submit(Runnable job, Runnable otherwise) {
		this.lane.submit(() -> {
			try {
				job.run();
			}
			catch (RuntimeException ex) {
				// No way out of a state may be lost, whatever goes wrong (invariant I18).
				this.board.failed("A sequence failed for an unexpected reason", ex);
				otherwise.run();
			}
		});
	}

	private void startOver() {
		this.candidacy.stayOut();
		settle(this.stepDowns.create(), StepDownSequence.SETTLING, Epoch.NONE, "a sequence has failed");
	}

	private void runPromotion(Term term) {
		SequenceRun run = new SequenceRun(Kind.PROMOTION, term.epoch(), term.cause(), "won the election", this.board,
				this.ticker)
			.begun();
		term.runs(run);
		for (Step step : this.promotion.steps(term.lease())) {
			StepReport report;
			if (term.lease().isValid()) {
				term.begun(step);
				report = run.run(step);
			}
			else {
				report = run.fail(step.name(), "not begun: the lease no longer holds");
			}
			if (!report.succeeded()) {
				run.finish();
				if (report.outcome() != Outcome.INTERRUPTED) {
					this.signals.accept(failed(term, report));
				}
				return;
			}
		}
		run.finish();
		this.signals.accept(Signal.of(Trigger.PROMOTED, term.epoch(), "all steps are done"));
	}

	private static Signal failed(Term term, StepReport report) {
		String reason = report.name() + " failed: " + report.detail();
		return report.name().equals(PromotionSequence.START_BACKEND) ? Signal.backendNotStarted(term.epoch(), reason)
				: Signal.of(Trigger.FAILED, term.epoch(), reason);
	}

	private void demote(Term term, SequenceRun run, StepDownSequence sequence, Collection<String> names) {
		List<String> missing = new ArrayList<>();
		for (String name : StepDownSequence.NAMES) {
			if (names.contains(name) && !runOrRepeat(term, run, sequence, name)) {
				missing.add(name);
			}
		}
		// What is left out here only ships or waits for the log, which fails whenever the
		// store is away and says nothing against this node.
		missing.retainAll(StepDownSequence.SETTLING);
		if (sequence.isBackendStopped()) {
			// Its other part, the flush, has had its chance.
			missing.remove(Step.STOP_BACKEND);
		}
		if (!missing.isEmpty()) {
			term.standAside();
		}
		this.candidacy.giveBack(term, sequence.isBackendStopped());
		run.finish();
		if (missing.isEmpty()) {
			this.signals.accept(Signal.of(Trigger.SETTLED, term.epoch(), "the step-down is complete"));
		}
		else {
			settle(sequence, missing, term.epoch(), "the step-down is not complete");
		}
	}

	/**
	 * Runs a step, and runs it again with the urgent budget if the lease is lost
	 * meanwhile.
	 */
	private boolean runOrRepeat(Term term, SequenceRun run, StepDownSequence sequence, String name) {
		StepReport report = run.run(sequence.step(name, budgets(term)));
		if (report.outcome() == Outcome.INTERRUPTED && run.clearInterruption()) {
			report = run.run(sequence.step(name, budgets(term)));
		}
		return report.succeeded();
	}

	private StepDownBudgets budgets(Term term) {
		return term.isUrgent() ? StepDownBudgets.urgent(this.settings.timeouts(), this.settings.margin())
				: StepDownBudgets.planned(this.settings.timeouts());
	}

	private void settle(StepDownSequence sequence, List<String> names, Epoch epoch, String reason) {
		List<String> missing = names;
		Duration pause = FIRST_RETRY;
		boolean closed;
		StepDownBudgets budgets = StepDownBudgets.planned(this.settings.timeouts());
		do {
			SequenceRun run = new SequenceRun(Kind.START_UP, epoch, TransitionCause.SETTLING, reason, this.board,
					this.ticker)
				.begun();
			missing = missing.stream().filter((name) -> !run.run(sequence.step(name, budgets)).succeeded()).toList();
			run.finish();
			if (missing.isEmpty()) {
				this.signals.accept(Signal.current(Trigger.SETTLED, "the node is in the follower's state"));
				return;
			}
			this.candidacy.stayOut();
			closed = awaitClosing(pause);
			pause = pause.multipliedBy(2);
			pause = (pause.compareTo(this.settings.leaseDuration()) > 0) ? this.settings.leaseDuration() : pause;
		}
		while (!closed);
		this.signals.accept(Signal.current(Trigger.FAILED, "the node could not be put into the follower's state"));
	}

	private boolean awaitClosing(Duration pause) {
		try {
			return this.closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

	/**
	 * Makes the sequence of one step-down.
	 */
	@FunctionalInterface
	interface StepDownSequences {

		StepDownSequence create();

	}

}
