package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;

/**
 * Asks a backend how it is, one question at a time, and tells its supervisor. A question
 * that is not answered in time has failed, and so has each that it keeps from being
 * asked.
 */
final class BackendProbe {

	private static final Logger logger = LoggerFactory.getLogger(ClusterLifecycle.class);

	private final NodeIdentity identity;

	private final Backend backend;

	private final BackendSupervisor supervisor;

	private final Duration timeout;

	private final Lane lane;

	private final Ticker ticker;

	private final Consumer<Signal> signals;

	private volatile Status last = Status.UP;

	private @Nullable Question question;

	BackendProbe(NodeIdentity identity, Backend backend, BackendSupervisor supervisor, Duration timeout, Lane lane,
			Ticker ticker, Consumer<Signal> signals) {
		this.identity = identity;
		this.backend = backend;
		this.supervisor = supervisor;
		this.timeout = timeout;
		this.lane = lane;
		this.ticker = ticker;
		this.signals = signals;
	}

	/**
	 * Asks, unless the last question has not been answered. To be called at intervals.
	 * Returns at once.
	 */
	synchronized void ask() {
		if (this.lane.isIdle()) {
			Question next = new Question(this.supervisor.life(), this.ticker.nanoTime());
			this.question = next;
			next.task = this.lane.submit(() -> ask(next));
			return;
		}
		Question open = this.question;
		if (open != null && this.ticker.nanoTime() - open.askedAt >= this.timeout.toNanos() && open.isLate()) {
			tell(this.supervisor.life(),
					new BackendHealth(Status.DOWN, "has not answered within " + this.timeout.toMillis() + " ms"));
		}
	}

	private void ask(Question asked) {
		BackendHealth answer;
		try {
			answer = this.backend.health();
		}
		catch (RuntimeException ex) {
			answer = new BackendHealth(Status.DOWN, "cannot be asked: " + ex.getMessage());
		}
		if (asked.isAnswered()) {
			tell(asked.life, answer);
		}
	}

	private void tell(long life, BackendHealth answer) {
		if (answer.status() != this.last) {
			this.last = answer.status();
			logger.warn("[{}] The backend is {}: {}", this.identity, answer.status(), answer.detail());
		}
		this.supervisor.answered(life, answer).ifPresent(this.signals);
	}

	/**
	 * A question, which is either answered or given up.
	 */
	private static final class Question {

		private final long life;

		private final long askedAt;

		private final AtomicReference<@Nullable Boolean> answered = new AtomicReference<>();

		private @Nullable Future<?> task;

		Question(long life, long askedAt) {
			this.life = life;
			this.askedAt = askedAt;
		}

		boolean isAnswered() {
			return this.answered.compareAndSet(null, true);
		}

		boolean isLate() {
			if (this.answered.compareAndSet(null, false) && this.task != null) {
				this.task.cancel(true);
			}
			return Boolean.FALSE.equals(this.answered.get());
		}

	}

}
