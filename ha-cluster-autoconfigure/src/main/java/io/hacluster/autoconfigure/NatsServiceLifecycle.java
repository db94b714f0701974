package io.hacluster.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

import io.hacluster.operation.nats.OperationService;

/**
 * Lets the node be asked on NATS once it takes part in its cluster, and until it begins
 * to leave.
 */
final class NatsServiceLifecycle implements SmartLifecycle, DisposableBean {

	private static final int PHASE = HaClusterLifecycle.PHASE + 1;

	private final Supplier<OperationService> services;

	private @Nullable OperationService service;

	NatsServiceLifecycle(Supplier<OperationService> services) {
		this.services = services;
	}

	@Override
	public synchronized void start() {
		if (this.service == null) {
			OperationService started = this.services.get();
			started.start();
			this.service = started;
		}
	}

	@Override
	public synchronized void stop() {
		if (this.service != null) {
			this.service.close();
			this.service = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.service != null;
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
