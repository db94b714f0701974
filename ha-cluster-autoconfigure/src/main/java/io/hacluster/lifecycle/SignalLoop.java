package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

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

	private volatile @Nullable Long busySince;

	SignalLoop(NodeIdentity identity, Consumer<Signal> handler) {
		this.identity = identity;
		this.handler = handler;
		this.thread = new Thread(this::run, "ha-lifecycle-" + identity.cluster());
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Returns for how long one signal has kept the thread busy, zero if none does.
	 */
	Duration busy() {
		Long since = this.busySince;
		return (since != null) ? Duration.ofNanos(Ticker.SYSTEM.nanoTime() - since) : Duration.ZERO;
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
				Signal signal = this.signals.take();
				this.busySince = Ticker.SYSTEM.nanoTime();
				this.handler.accept(signal);
			}
			catch (InterruptedException ex) {
				logger.debug("[{}] The signal thread ends", this.identity);
			}
			catch (RuntimeException | Error ex) {
				logger.error("[{}] A signal could not be handled", this.identity, ex);
			}
			this.busySince = null;
		}
	}

}
