package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

import io.hacluster.Ticker;

/**
 * How many restarts are left, and how long to pause before the next. Not thread-safe.
 */
final class RestartBudget {

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

	private final SupervisionSettings settings;

	private final Ticker ticker;

	private final Deque<Long> restarts = new ArrayDeque<>();

	RestartBudget(SupervisionSettings settings, Ticker ticker) {
		this.settings = settings;
		this.ticker = ticker;
	}

	/**
	 * Takes a restart.
	 * @return how long to pause before it, empty if none is left
	 */
	Optional<Duration> take() {
		int before = used();
		if (before >= this.settings.maxRestarts()) {
			return Optional.empty();
		}
		this.restarts.addLast(this.ticker.nanoTime());
		return Optional.of(pause(before));
	}

	/**
	 * Returns how many restarts there have been within the window.
	 */
	int used() {
		long now = this.ticker.nanoTime();
		while (!this.restarts.isEmpty() && now - this.restarts.getFirst() >= this.settings.window().toNanos()) {
			this.restarts.removeFirst();
		}
		return this.restarts.size();
	}

	private Duration pause(int before) {
		Duration longest = (this.settings.backoff().compareTo(LONGEST_PAUSE) > 0) ? this.settings.backoff()
				: LONGEST_PAUSE;
		Duration pause = (before > 0) ? this.settings.backoff() : Duration.ZERO;
		for (int i = 1; i < before && pause.compareTo(longest) < 0; i++) {
			pause = pause.multipliedBy(2);
		}
		return (pause.compareTo(longest) > 0) ? longest : pause;
	}

}
