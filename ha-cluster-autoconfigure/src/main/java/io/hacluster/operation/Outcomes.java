package io.hacluster.operation;

import java.util.Optional;

import io.hacluster.Leadership;
import io.hacluster.operation.OperationResult.Outcome;

/**
 * The results of operations, with the leader that this node knows at the moment.
 * Thread-safe.
 */
final class Outcomes {

	private final Leadership leadership;

	Outcomes(Leadership leadership) {
		this.leadership = leadership;
	}

	OperationResult refused(String message) {
		return result(Outcome.REFUSED, message);
	}

	OperationResult unknown(String message) {
		return result(Outcome.UNKNOWN, message);
	}

	OperationResult result(Outcome outcome, String message) {
		Optional<Leadership.Leader> leader = this.leadership.leader();
		return new OperationResult(outcome, message, leader.map(Leadership.Leader::nodeId).orElse(null),
				leader.map((it) -> it.epoch().value()).orElse(0L));
	}

}
