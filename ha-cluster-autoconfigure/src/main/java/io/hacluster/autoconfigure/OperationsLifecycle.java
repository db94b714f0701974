package io.hacluster.autoconfigure;

import java.time.Duration;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

import io.hacluster.operation.NodeOperations;

/**
 * Lets the node obey operators for as long as it takes part in its cluster, its step-down
 * included.
 */
final class OperationsLifecycle implements SmartLifecycle, DisposableBean {

	static final int PHASE = HaClusterLifecycle.PHASE - 1;

	private final NodeOperations operations;

	private final Duration interval;

	private final Runnable changed;

	private volatile boolean running;

	OperationsLifecycle(NodeOperations operations, Duration interval, Runnable changed) {
		this.operations = operations;
		this.interval = interval;
		this.changed = changed;
	}

	@Override
	public void start() {
		this.operations.start(this.interval, this.changed);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.operations.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void destroy() {
		stop();
	}

}
