package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.hacluster.Ticker;
import io.hacluster.election.HeldLease;
import io.hacluster.lifecycle.Step.Part;
import io.hacluster.lifecycle.StepReport.Outcome;
import io.hacluster.lifecycle.TransitionReport.Kind;

/**
 * Restarts the backend of a leader, as often as its supervisor allows, and otherwise has
 * the leader step down. The database stays in the hands of the replication meanwhile: it
 * goes on shipping, and its read lock outlasts the service.
 * <p>
 * A service that ends again soon gets another restart. One that can neither be stopped
 * nor gets healthy in its time does not: the next attempt would take as long again, with
 * nobody serving. While the cluster is paused, nothing more is begun.
 */
final class BackendRestart {

	private final LifecycleSettings settings;

	private final DrivenBackend backend;

	private final BackendSupervisor supervisor;

	private final Lane lane;

	private final LeadershipEvents events;

	private final StatusBoard board;

	private final Ticker ticker;

	private final Consumer<Signal> signals;

	BackendRestart(LifecycleSettings settings, DrivenBackend backend, BackendSupervisor supervisor, Lane lane,
			LeadershipEvents events, StatusBoard board, Ticker ticker, Consumer<Signal> signals) {
		this.settings = settings;
		this.backend = backend;
		this.supervisor = supervisor;
		this.lane = lane;
		this.events = events;
		this.board = board;
		this.ticker = ticker;
		this.signals = signals;
	}

	/**
	 * Restarts until the service is healthy, the term is over or no restart is left.
	 * @param why how the service has failed
	 */
	void run(Term term, String why) {
		String failure = why;
		boolean again = true;
		while (again && !term.isOver()) {
			this.events.backendFailed(term.epoch(), "The backend " + failure);
			if (this.supervisor.suspend()) {
				return;
			}
			Optional<Duration> pause = this.supervisor.restart();
			if (pause.isEmpty()) {
				giveUp(term, failure + leftOver());
				return;
			}
			StepReport report = restart(term, failure, pause.get());
			if (report.succeeded()) {
				this.events.backendRestarted(term.epoch(), this.supervisor.status().restartsInWindow());
				return;
			}
			if (report.outcome() == Outcome.INTERRUPTED) {
				this.supervisor.leave();
				return;
			}
			failure = "could not be restarted: " + report.detail();
			this.supervisor.failedToStart(failure);
			again = report.outcome() == Outcome.FAILED && report.name().equals(PromotionSequence.START_BACKEND);
		}
		if (!term.isOver()) {
			this.events.backendFailed(term.epoch(), "The backend " + failure);
			if (!this.supervisor.suspend()) {
				giveUp(term, failure);
			}
		}
	}

	private StepReport restart(Term term, String reason, Duration pause) {
		SequenceRun run = new SequenceRun(Kind.RESTART, term.epoch(), TransitionCause.BACKEND_FAILED, reason,
				this.board, this.ticker)
			.begun();
		term.runs(run);
		run.await(new CompletableFuture<>(), pause);
		StepReport report = runWithLease(term, run, stop());
		if (report.succeeded()) {
			report = runWithLease(term, run, start(term.lease()));
		}
		run.finish();
		return report;
	}

	private StepReport runWithLease(Term term, SequenceRun run, Step step) {
		if (term.lease().isValid()) {
			return run.run(step);
		}
		// Nobody may have noticed yet. If somebody has, this means nothing any more.
		this.signals.accept(Signal.lost(term.epoch(), "the lease no longer holds"));
		run.interrupt("not begun: the lease no longer holds");
		return run.run(step);
	}

	private Step stop() {
		Duration timeout = this.settings.timeouts().backendStop();
		return Step.of(Step.STOP_BACKEND, null,
				new Part(this.lane, timeout.plus(StepTimeouts.KILL), () -> this.backend.stop(timeout)));
	}

	private Step start(HeldLease lease) {
		Duration timeout = this.settings.timeouts().backendStart();
		return Step.of(PromotionSequence.START_BACKEND, null,
				Part.bounded(this.lane, timeout, () -> this.backend.start(lease, timeout)));
	}

	private void giveUp(Term term, String why) {
		this.supervisor.leave();
		this.signals.accept(Signal.backendEnded(term.epoch(), why));
	}

	private String leftOver() {
		int restarts = this.supervisor.status().restartsInWindow();
		return (restarts > 0) ? " (after " + restarts + " restarts)" : "";
	}

}
