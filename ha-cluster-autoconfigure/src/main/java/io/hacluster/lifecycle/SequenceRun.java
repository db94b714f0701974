package io.hacluster.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.Ticker;
import io.hacluster.lifecycle.StepReport.Outcome;

/**
 * One run through a sequence. One thread runs the steps; any thread may interrupt it. A
 * step that ignores its interruption is given up: it keeps its lane busy, but nobody
 * waits for it.
 */
final class SequenceRun {

	private final TransitionReport.Kind kind;

	private final Epoch epoch;

	private final TransitionCause cause;

	private final String reason;

	private final StatusBoard board;

	private final Ticker ticker;

	private final Instant startedAt;

	private final long startedNanos;

	private final List<StepReport> reports = new ArrayList<>();

	private final Object monitor = new Object();

	private @Nullable CompletableFuture<Void> current;

	private @Nullable String interruption;

	SequenceRun(TransitionReport.Kind kind, Epoch epoch, TransitionCause cause, String reason, StatusBoard board,
			Ticker ticker) {
		this.kind = kind;
		this.epoch = epoch;
		this.cause = cause;
		this.reason = reason;
		this.board = board;
		this.ticker = ticker;
		this.startedAt = board.now();
		this.startedNanos = ticker.nanoTime();
	}

	/**
	 * Says that the run begins. To be followed by {@link #finish()}.
	 */
	SequenceRun begun() {
		this.board.transitionStarted(this.kind, this.epoch, this.cause, this.reason);
		return this;
	}

	/**
	 * Interrupts the step that runs, and all that would be run after it, at once.
	 * @param why for people
	 */
	void interrupt(String why) {
		CompletableFuture<Void> interrupted;
		synchronized (this.monitor) {
			this.interruption = why;
			interrupted = this.current;
		}
		if (interrupted != null) {
			interrupted.completeExceptionally(new InterruptedStepException(why));
		}
	}

	/**
	 * Takes an interruption as dealt with, so that further steps can be run.
	 * @return whether there was one
	 */
	boolean clearInterruption() {
		synchronized (this.monitor) {
			boolean interrupted = this.interruption != null;
			this.interruption = null;
			return interrupted;
		}
	}

	/**
	 * Waits for something else between two steps.
	 * @return whether it has happened, rather than the time run out or an interruption
	 * come
	 */
	boolean await(CompletableFuture<?> other, Duration timeout) {
		CompletableFuture<Void> done = other.thenApply((value) -> null);
		synchronized (this.monitor) {
			if (this.interruption != null) {
				return false;
			}
			this.current = done;
		}
		try {
			done.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException | ExecutionException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			synchronized (this.monitor) {
				this.current = null;
			}
		}
	}

	/**
	 * Runs a step, and waits for its end for as long as its parts may take.
	 */
	StepReport run(Step step) {
		if (step.skipped() != null) {
			return record(new StepReport(step.name(), Outcome.SKIPPED, Duration.ZERO, step.skipped()));
		}
		this.board.stepStarted(this.kind, this.epoch, step.name());
		long start = this.ticker.nanoTime();
		Ending ending = Ending.DONE;
		for (Step.Part part : step.parts()) {
			ending = (ending == Ending.DONE) ? run(step, part) : ending;
		}
		return record(new StepReport(step.name(), ending.outcome(), Duration.ofNanos(this.ticker.nanoTime() - start),
				ending.detail()));
	}

	/**
	 * Records a step that was not begun.
	 */
	StepReport fail(String name, String why) {
		return record(new StepReport(name, Outcome.FAILED, Duration.ZERO, why));
	}

	/**
	 * Ends the run.
	 */
	TransitionReport finish() {
		String failure = this.reports.stream()
			.filter((report) -> !report.succeeded())
			.map((report) -> report.name() + ": " + report.detail())
			.findFirst()
			.orElse(null);
		TransitionReport transition = new TransitionReport(this.kind, this.epoch, this.cause, this.reason,
				this.startedAt, Duration.ofNanos(this.ticker.nanoTime() - this.startedNanos), this.reports, failure);
		this.board.transitionFinished(transition);
		return transition;
	}

	private Ending run(Step step, Step.Part part) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		synchronized (this.monitor) {
			if (this.interruption != null) {
				return new Ending(Outcome.INTERRUPTED, this.interruption);
			}
			this.current = done;
		}
		Future<?> task;
		try {
			task = part.lane().submit(() -> execute(part, done));
		}
		catch (RejectedExecutionException ex) {
			return new Ending(Outcome.INTERRUPTED, "the node is being closed");
		}
		Ending ending = await(step, part, done);
		synchronized (this.monitor) {
			this.current = null;
		}
		if (ending != Ending.DONE) {
			task.cancel(true);
		}
		return ending;
	}

	private static void execute(Step.Part part, CompletableFuture<Void> done) {
		try {
			part.action().run();
			done.complete(null);
		}
		catch (Throwable ex) {
			done.completeExceptionally(ex);
		}
	}

	private Ending await(Step step, Step.Part part, CompletableFuture<Void> done) {
		try {
			done.get(part.timeout().plus(part.grace()).toNanos(), TimeUnit.NANOSECONDS);
			return Ending.DONE;
		}
		catch (TimeoutException ex) {
			String late = part.late();
			return (late != null) ? new Ending(Outcome.FAILED, late)
					: new Ending(Outcome.TIMED_OUT, "has not ended within " + part.timeout().toMillis() + " ms");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Ending(Outcome.INTERRUPTED, "the node is being closed");
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			if (cause instanceof InterruptedStepException) {
				return new Ending(Outcome.INTERRUPTED, String.valueOf(cause.getMessage()));
			}
			this.board.stepFailed(step.name(), cause);
			return new Ending((cause instanceof TimeoutException) ? Outcome.TIMED_OUT : Outcome.FAILED,
					(cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName());
		}
	}

	private StepReport record(StepReport report) {
		this.reports.add(report);
		this.board.stepFinished(this.kind, this.epoch, report);
		return report;
	}

	private record Ending(Outcome outcome, @Nullable String detail) {

		static final Ending DONE = new Ending(Outcome.DONE, null);

	}

	private static final class InterruptedStepException extends Exception {

		private static final long serialVersionUID = 1L;

		InterruptedStepException(String message) {
			super(message);
		}

	}

}
