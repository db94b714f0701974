package io.hacluster.lifecycle;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * The one thread that takes signals, in the order in which they were posted.
 */
final class SignalLoop implements AutoCloseable {

	private static final long JOIN_MILLIS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(ClusterLifecycle.class);

	private final NodeIdentity identity;

	private final Consumer<Signal> handler;

	private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();

	private final Thread thread;

	private volatile boolean closed;

	SignalLoop(NodeIdentity identity, Consumer<Signal> handler) {
		this.identity = identity;
		this.handler = handler;
		this.thread = new Thread(this::run, "ha-lifecycle-" + identity.cluster());
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	void post(Signal signal) {
		this.signals.add(signal);
	}

	@Override
	public void close() {
		this.closed = true;
		this.thread.interrupt();
		try {
			this.thread.join(JOIN_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		while (!this.closed) {
			try {
				this.handler.accept(this.signals.take());
			}
			catch (InterruptedException ex) {
				logger.debug("[{}] The signal thread ends", this.identity);
			}
			catch (RuntimeException | Error ex) {
				logger.error("[{}] A signal could not be handled", this.identity, ex);
			}
		}
	}

}
