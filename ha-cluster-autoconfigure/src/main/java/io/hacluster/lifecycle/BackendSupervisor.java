package io.hacluster.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.election.HeldLease;
import io.hacluster.lifecycle.BackendStatus.State;

/**
 * Decides when a backend has failed, whether it may be restarted, and how long the node
 * stays out of the race when it may not. Does nothing by itself: it is told what happens
 * to the backend, and answers what follows from it. Thread-safe; nothing blocks.
 * <p>
 * With a lease that no longer holds, no failure is one: a frozen node finds its backend
 * killed, and has to step down first.
 */
final class BackendSupervisor {

	private final SupervisionSettings settings;

	private final Ticker ticker;

	private final Clock clock;

	private final BooleanSupplier paused;

	private final RestartBudget budget;

	private State state = State.STOPPED;

	private @Nullable HeldLease lease;

	private @Nullable BackendHealth health;

	private @Nullable String ended;

	private int failedAnswers;

	private long life;

	private long upSince;

	private long coolingEnd;

	private @Nullable Instant coolingUntil;

	private ClusterStatus.@Nullable Failure lastFailure;

	private long starts;

	private long failures;

	private long restarts;

	/**
	 * Creates a supervisor.
	 * @param paused whether nothing is to be started or stopped because of a failure
	 */
	BackendSupervisor(SupervisionSettings settings, Ticker ticker, Clock clock, BooleanSupplier paused) {
		this.settings = settings;
		this.ticker = ticker;
		this.clock = clock;
		this.paused = paused;
		this.budget = new RestartBudget(settings, ticker);
	}

	/**
	 * The service is about to be started, for the first time in a term or again.
	 */
	synchronized void starting(HeldLease lease) {
		if (this.state != State.RESTARTING) {
			this.state = State.STARTING;
		}
		this.lease = lease;
		this.ended = null;
		this.health = null;
		this.failedAnswers = 0;
		this.life++;
		this.starts++;
	}

	/**
	 * Returns how the service that is being started has ended again, {@code null} if it
	 * has not said so.
	 */
	synchronized @Nullable String ended() {
		return this.ended;
	}

	/**
	 * The service has been started and is healthy.
	 * @throws BackendException if it has ended since
	 */
	synchronized void started(BackendHealth answer) {
		if (this.ended != null) {
			throw new BackendException("The backend " + this.ended);
		}
		this.state = State.UP;
		this.health = answer;
		this.upSince = this.ticker.nanoTime();
	}

	/**
	 * The service is about to be stopped. What happens to it until it is started again is
	 * no failure.
	 */
	synchronized void stopping() {
		if (this.state != State.RESTARTING) {
			this.state = State.STOPPING;
			this.health = null;
		}
	}

	/**
	 * The service has been stopped.
	 */
	synchronized void stopped() {
		if (this.state != State.RESTARTING) {
			this.state = State.STOPPED;
		}
	}

	/**
	 * Restarts are over: what comes next is the step-down.
	 */
	synchronized void leave() {
		if (this.state == State.RESTARTING) {
			this.state = State.FAILED;
		}
	}

	/**
	 * Returns a number that stands for the current life of the service.
	 */
	synchronized long life() {
		return this.life;
	}

	/**
	 * The service has been asked.
	 * @param asked the life in which it was asked
	 * @return what to post if it has failed
	 */
	synchronized Optional<Signal> answered(long asked, BackendHealth answer) {
		if (asked != this.life || !isRunning()) {
			return Optional.empty();
		}
		this.health = answer;
		if (answer.status() == Status.UP) {
			this.failedAnswers = 0;
			this.state = State.UP;
			return Optional.empty();
		}
		this.failedAnswers++;
		this.state = State.DOWN;
		if (answer.status() == Status.STOPPED) {
			return fail(answer.detail());
		}
		return (this.failedAnswers < this.settings.failuresBeforeRestart()) ? Optional.empty()
				: fail("is not healthy: " + answer.detail());
	}

	/**
	 * The service has ended by itself.
	 * @return what to post if that is a failure
	 */
	synchronized Optional<Signal> exited(String detail) {
		this.ended = detail;
		if (!isRunning()) {
			// Whoever is starting it finds out; whoever is stopping it does not mind.
			return Optional.empty();
		}
		return fail(detail);
	}

	/**
	 * The service has not come up, in a promotion or a restart.
	 */
	synchronized void failedToStart(String detail) {
		count(detail);
	}

	/**
	 * Leaves a failure as it is while the cluster is paused. The first answer after that
	 * which is no better makes it a failure again.
	 * @return whether to leave it
	 */
	synchronized boolean suspend() {
		boolean suspended = this.paused.getAsBoolean();
		if (suspended) {
			this.state = State.DOWN;
		}
		return suspended;
	}

	/**
	 * Asks for a restart.
	 * @return how long to pause before it; empty if there is none left
	 */
	synchronized Optional<Duration> restart() {
		Optional<Duration> pause = this.budget.take();
		if (pause.isPresent()) {
			this.state = State.RESTARTING;
			this.restarts++;
		}
		return pause;
	}

	/**
	 * Begins to cool: restarting has not helped, and another node is to try.
	 */
	synchronized void cool() {
		this.coolingEnd = this.ticker.nanoTime() + this.settings.cooling().toNanos();
		this.coolingUntil = this.clock.instant().plus(this.settings.cooling());
	}

	/**
	 * Returns for how long the node stays out of the race from now on, at least zero.
	 */
	synchronized Duration coolingLeft() {
		long left = (this.coolingUntil != null) ? this.coolingEnd - this.ticker.nanoTime() : 0;
		if (left <= 0) {
			this.coolingUntil = null;
			return Duration.ZERO;
		}
		return Duration.ofNanos(left);
	}

	synchronized BackendStatus status() {
		Duration uptime = isRunning() ? Duration.ofNanos(this.ticker.nanoTime() - this.upSince) : Duration.ZERO;
		return new BackendStatus(this.state, this.health, this.failedAnswers, this.budget.used(), this.lastFailure,
				coolingLeft().isZero() ? null : this.coolingUntil, uptime,
				new BackendStatus.Totals(this.starts, this.failures, this.restarts));
	}

	private boolean isRunning() {
		return this.state == State.UP || this.state == State.DOWN;
	}

	private Optional<Signal> fail(String detail) {
		HeldLease current = this.lease;
		if (current == null || !current.isValid()) {
			return Optional.empty();
		}
		if (suspend()) {
			return Optional.empty();
		}
		this.state = State.FAILED;
		count(detail);
		return Optional.of(Signal.backendFailed(current.epoch(), detail));
	}

	private void count(String detail) {
		this.failures++;
		this.lastFailure = new ClusterStatus.Failure(this.clock.instant(), detail);
	}

}
