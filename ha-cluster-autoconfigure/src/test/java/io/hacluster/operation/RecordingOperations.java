package io.hacluster.operation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;

/**
 * Writes down what it is asked for, and answers what it is told to.
 */
public final class RecordingOperations implements ClusterOperations {

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private volatile OperationResult result = result(OperationResult.Outcome.DONE);

	public static OperationResult result(OperationResult.Outcome outcome) {
		return new OperationResult(outcome, "It is " + outcome, new NodeId("b"), 8);
	}

	public void answer(OperationResult.Outcome outcome) {
		this.result = result(outcome);
	}

	public List<String> calls() {
		return this.calls;
	}

	private OperationResult record(String call) {
		this.calls.add(call);
		return this.result;
	}

	@Override
	public OperationResult stepDown() {
		return record("step-down");
	}

	@Override
	public OperationResult switchover(@Nullable NodeId target, Duration timeout) {
		return record("switchover " + target + " " + timeout);
	}

	@Override
	public OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout) {
		return record("failover " + target + " " + acceptDataLoss + " " + timeout);
	}

	@Override
	public OperationResult pause(String reason) {
		return record("pause " + reason);
	}

	@Override
	public OperationResult resume() {
		return record("resume");
	}

	@Override
	public OperationResult snapshot() {
		return record("snapshot");
	}

}
