package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A step of a sequence, as data.
 *
 * @param name its fixed name
 * @param parts what is done, in order; each with a timeout of its own. A part that fails
 * keeps those after it from being run
 * @param undoneBy the name of the step-down step that undoes it, {@code null} if there is
 * nothing to undo
 * @param skipped why there is nothing to do on this node, {@code null} if there is
 */
record Step(String name, List<Part> parts, @Nullable String undoneBy, @Nullable String skipped) {

	static final String STOP_SNAPSHOTS = "stop-snapshots";

	static final String STOP_PRIMARY = "stop-primary-replication";

	static final String STOP_BACKEND = "stop-backend";

	static final String RELEASE_VIP = "release-vip";

	static final String START_PASSIVE = "start-passive-replication";

	static final String INITIAL_CATCH_UP = "initial-catch-up";

	static Step of(String name, @Nullable String undoneBy, Part... parts) {
		return new Step(name, List.of(parts), undoneBy, null);
	}

	static Step skipped(String name, String why) {
		return new Step(name, List.of(), null, why);
	}

	/**
	 * Returns the timeout of the step as a whole.
	 */
	Duration timeout() {
		return this.parts.stream().map(Part::timeout).reduce(Duration.ZERO, Duration::plus);
	}

	/**
	 * A part of a step.
	 *
	 * @param lane where it runs
	 * @param timeout how long it may take
	 * @param grace how long after that it is interrupted and given up
	 * @param late what it means if it does not end in time, null if that it has failed to
	 * @param action what is done
	 */
	record Part(Lane lane, Duration timeout, Duration grace, @Nullable String late, Action action) {

		private static final Duration LONGEST_GRACE = Duration.ofSeconds(1);

		Part(Lane lane, Duration timeout, Action action) {
			this(lane, timeout, Duration.ZERO, null, action);
		}

		/**
		 * Makes a part whose action keeps to the timeout by itself. It is given up
		 * slightly later, so that it can say by itself what it has waited for. Not for
		 * what must fit into the margin.
		 */
		static Part bounded(Lane lane, Duration timeout, Action action) {
			Duration grace = timeout.dividedBy(8);
			return new Part(lane, timeout, (grace.compareTo(LONGEST_GRACE) < 0) ? grace : LONGEST_GRACE, null, action);
		}

		/**
		 * Returns this part with an explanation for when it does not end in time.
		 */
		Part orLate(String explanation) {
			return new Part(this.lane, this.timeout, this.grace, explanation, this.action);
		}

	}

	/**
	 * What a part does.
	 */
	@FunctionalInterface
	interface Action {

		void run() throws Exception;

	}

}
