package io.hacluster.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.hacluster.member.ClusterView;

/**
 * How far each member has been behind in the last minutes, so that a page that is opened
 * in the middle of a story shows its beginning. Thread-safe, bounded.
 */
final class LagHistory {

	/**
	 * How much time lies between two samples.
	 */
	static final Duration INTERVAL = Duration.ofSeconds(2);

	/**
	 * Five minutes.
	 */
	static final int SAMPLES = 150;

	private static final double MILLIS_PER_SECOND = 1000.0;

	private final Deque<Sample> samples = new ArrayDeque<>();

	private long number;

	/**
	 * Takes a sample.
	 * @param at when, for display
	 * @param view the cluster at that time
	 */
	synchronized void record(Instant at, ClusterView view) {
		Map<String, Double> lag = new LinkedHashMap<>();
		view.members().stream().limit(ConsoleState.MEMBERS).filter(ClusterView.Seen::alive).forEach((seen) -> {
			Duration behind = seen.member().lag();
			if (behind != null) {
				lag.put(seen.member().nodeId().value(), behind.toMillis() / MILLIS_PER_SECOND);
			}
		});
		this.samples.addLast(new Sample(++this.number, at, lag));
		if (this.samples.size() > SAMPLES) {
			this.samples.removeFirst();
		}
	}

	/**
	 * Returns the samples after one.
	 * @param number the number of that sample, 0 for all
	 * @return the samples, the oldest first
	 */
	synchronized List<Sample> after(long number) {
		return this.samples.stream().filter((sample) -> sample.number() > number).toList();
	}

	/**
	 * A sample.
	 *
	 * @param number its number, from 1
	 * @param at when it was taken
	 * @param lag seconds by the ids of the members that are alive and replicate
	 */
	record Sample(long number, Instant at, Map<String, Double> lag) {

		Map<String, Object> toMap() {
			return Map.of("at", this.at.toEpochMilli(), "lag", this.lag);
		}

	}

}
