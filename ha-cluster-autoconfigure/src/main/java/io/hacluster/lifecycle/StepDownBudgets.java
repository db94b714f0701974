package io.hacluster.lifecycle;

import java.time.Duration;

/**
 * How long each step of a step-down may take.
 *
 * @param stopSnapshots step 1
 * @param stopPrimary step 2
 * @param stopBackend step 3, until the backend is killed
 * @param killBackend step 3, after that
 * @param flush step 3, the final flush
 * @param vip step 4
 * @param following steps 5 and 6, each
 * @param catchUp how long of that each of them waits for the log
 */
record StepDownBudgets(Duration stopSnapshots, Duration stopPrimary, Duration stopBackend, Duration killBackend,
		Duration flush, Duration vip, Duration following, Duration catchUp) {

	/**
	 * With the lease held and renewed: each step has the time that is configured.
	 */
	static StepDownBudgets planned(StepTimeouts timeouts) {
		return new StepDownBudgets(timeouts.replication(), timeouts.replication(), timeouts.backendStop(),
				StepTimeouts.KILL, timeouts.replication(), timeouts.vip(), timeouts.replication(),
				timeouts.replication());
	}

	/**
	 * With the lease lost: the first four steps, which make the node harmless, share the
	 * margin. The shares add up to the margin; the backend gets the largest. The last two
	 * move files of a node that is harmless already, and keep their own time. But they
	 * wait for the log no longer than the margin: it probably cannot be reached, and the
	 * node is no candidate meanwhile.
	 */
	static StepDownBudgets urgent(StepTimeouts timeouts, Duration margin) {
		return new StepDownBudgets(percent(margin, 8), percent(margin, 8), percent(margin, 24), percent(margin, 36),
				percent(margin, 8), percent(margin, 16), timeouts.replication(),
				(margin.compareTo(timeouts.replication()) < 0) ? margin : timeouts.replication());
	}

	/**
	 * Returns after what time the backend is killed at the latest.
	 */
	Duration untilKill() {
		return this.stopSnapshots.plus(this.stopPrimary).plus(this.stopBackend);
	}

	private static Duration percent(Duration margin, int percent) {
		return Duration.ofNanos(margin.toNanos() / 100 * percent);
	}

}
