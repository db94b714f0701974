package io.hacluster.election;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the election as this node sees it, for health and metrics.
 *
 * @param candidate whether this node may take the lease: it has claimed its node id, is
 * eligible and not standing aside
 * @param duplicateNodeId whether another live process has this node's id (invariant I12)
 * @param problem what is wrong now, for people; null if nothing is
 * @param lastFailure what went wrong last, for people; null if nothing ever did
 * @param lateness how much later than due the last renewal was sent (invariant I15)
 * @param maxLateness the greatest lateness so far
 * @param renewals how many renewals succeeded
 * @param failures how many calls to the store failed or were refused
 * @param terms how many terms were granted to this process
 * @param losses how many terms ended without being given back
 */
public record ElectionStatus(boolean candidate, boolean duplicateNodeId, @Nullable String problem,
		@Nullable String lastFailure, Duration lateness, Duration maxLateness, long renewals, long failures, long terms,
		long losses) {

	static final ElectionStatus NEW = new ElectionStatus(false, false, null, null, Duration.ZERO, Duration.ZERO, 0, 0,
			0, 0);

}
