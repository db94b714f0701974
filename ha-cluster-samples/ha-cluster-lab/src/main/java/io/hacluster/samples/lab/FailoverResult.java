package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.List;

/**
 * What a client saw of one failover.
 *
 * @param kind what set it off
 * @param node the node that led before
 * @param outage from the last acknowledgement before to the first one after
 * @param acknowledged rows acknowledged since the failover before
 * @param lost which of them the new leader does not have
 * @param integrity the answer of {@code PRAGMA integrity_check} on the new leader
 * @param differences how the replica of the former leader, once it has rejoined, differs
 * from the database of the new one
 */
record FailoverResult(Kind kind, String node, Duration outage, int acknowledged, List<LostRow> lost, String integrity,
		List<String> differences) {

	/**
	 * How long before a kill a row must have been acknowledged to be safe: replication is
	 * asynchronous, and this is far above its lag.
	 */
	static final Duration GRACE = Duration.ofSeconds(1);

	enum Kind {

		SIGKILL, STEP_DOWN;

		String text() {
			return (this == SIGKILL) ? "SIGKILL" : "step-down";
		}

	}

	/**
	 * A row that was acknowledged and is gone.
	 *
	 * @param id the row
	 * @param age how long before the event it was acknowledged; negative if afterwards
	 */
	record LostRow(long id, Duration age) {
	}

	/**
	 * Returns the rows whose loss breaks what is promised.
	 * @return after a step-down all that are lost, after a kill those older than the
	 * grace
	 */
	List<LostRow> unforgivable() {
		return this.lost.stream()
			.filter((row) -> this.kind == Kind.STEP_DOWN || row.age().compareTo(GRACE) > 0)
			.toList();
	}

}
