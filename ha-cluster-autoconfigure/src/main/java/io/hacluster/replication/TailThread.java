package io.hacluster.replication;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * The thread of a tail. Closing interrupts it and waits for it, so that an observer is
 * not called afterwards; an observer may close the tail as well. Thread-safe.
 */
public final class TailThread implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TailThread.class);

	private static final long JOIN_MILLIS = 10_000;

	private final NodeIdentity node;

	private final Thread thread;

	private final CountDownLatch closed = new CountDownLatch(1);

	/**
	 * Creates a thread that is not started yet.
	 * @param work what it does, until {@link #isClosed()} or an interrupt
	 * @param node this process
	 */
	public TailThread(Runnable work, NodeIdentity node) {
		this.node = node;
		this.thread = new Thread(work, "ha-tail-" + node.cluster());
		this.thread.setDaemon(true);
	}

	/**
	 * Starts the thread.
	 */
	public void start() {
		this.thread.start();
	}

	/**
	 * Returns whether the tail has been closed.
	 * @return whether it has
	 */
	public boolean isClosed() {
		return this.closed.getCount() == 0;
	}

	/**
	 * Waits, but no longer than until the tail is closed.
	 * @param millis for how long
	 * @throws InterruptedException if interrupted
	 */
	public void pause(long millis) throws InterruptedException {
		this.closed.await(millis, TimeUnit.MILLISECONDS);
	}

	/**
	 * Ends the thread; waits for it unless called by it.
	 */
	@Override
	public void close() {
		this.closed.countDown();
		if (Thread.currentThread() == this.thread) {
			return;
		}
		this.thread.interrupt();
		try {
			this.thread.join(JOIN_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.thread.isAlive()) {
			logger.warn("[{}] The observer of the log has not returned within {} ms", this.node, JOIN_MILLIS);
		}
	}

}
