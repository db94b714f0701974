package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time that a node has spent in the steps of promotions since its start, from its
 * meters in the format of Prometheus.
 */
final class StepTimes {

	private static final String BACKEND_STEP = "step=\"start-backend\"";

	private static final Pattern SUM = Pattern.compile("(?m)^ha_cluster_steps_seconds_sum\\{([^}]*)} (\\S+)");

	private StepTimes() {
	}

	/**
	 * Adds up all steps but that which starts the backend and waits for it.
	 * @param metrics the body of the Prometheus endpoint
	 * @return the sum
	 */
	static Duration promotions(String metrics) {
		return sum(metrics, false);
	}

	/**
	 * Adds up the step that starts the backend and waits for it.
	 * @param metrics the body of the Prometheus endpoint
	 * @return the sum
	 */
	static Duration backendStarts(String metrics) {
		return sum(metrics, true);
	}

	private static Duration sum(String metrics, boolean backend) {
		double seconds = 0;
		Matcher matcher = SUM.matcher(metrics);
		while (matcher.find()) {
			String labels = matcher.group(1);
			if (labels.contains("sequence=\"promotion\"") && labels.contains(BACKEND_STEP) == backend) {
				seconds += Double.parseDouble(matcher.group(2));
			}
		}
		return Duration.ofNanos(Math.round(seconds * 1e9));
	}

}
