package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Measured durations.
 */
final class Samples {

	private final List<Duration> durations = new ArrayList<>();

	void add(Duration duration) {
		this.durations.add(duration);
	}

	int size() {
		return this.durations.size();
	}

	/**
	 * Returns the smallest sample that at least this part of the samples does not exceed
	 * (the nearest rank).
	 * @param part between 0 and 1
	 * @return the sample
	 */
	Duration quantile(double part) {
		List<Duration> sorted = new ArrayList<>(this.durations);
		Collections.sort(sorted);
		return sorted.get(Math.max(0, (int) Math.ceil(part * sorted.size()) - 1));
	}

	Duration median() {
		return quantile(0.5);
	}

	static String millis(Duration duration) {
		return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
	}

}
