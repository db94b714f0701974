package io.hacluster.actuate;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Runs small tasks one after the other on a thread of its own, which ends while there are
 * none: whoever looks on must not hold up the life of the node. What does not fit into
 * its queue is dropped. Thread-safe.
 */
final class SideThread implements AutoCloseable {

	private static final int CAPACITY = 1000;

	private static final long IDLE_SECONDS = 10;

	private static final long CLOSING_SECONDS = 2;

	private static final Logger logger = LoggerFactory.getLogger(SideThread.class);

	private final NodeIdentity identity;

	private final String what;

	private final ThreadPoolExecutor executor;

	private final AtomicBoolean dropping = new AtomicBoolean();

	/**
	 * Creates it, without a thread yet.
	 * @param identity this node
	 * @param what the tasks, in the plural
	 */
	SideThread(NodeIdentity identity, String what) {
		this.identity = identity;
		this.what = what;
		this.executor = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(CAPACITY),
				(task) -> {
					Thread thread = new Thread(task, "ha-" + what + "-" + identity.cluster());
					thread.setDaemon(true);
					return thread;
				});
		this.executor.allowCoreThreadTimeOut(true);
	}

	/**
	 * Runs a task after those before it. Returns at once; what the task throws is logged.
	 */
	void run(Runnable task) {
		try {
			this.executor.execute(() -> runSafely(task));
			this.dropping.set(false);
		}
		catch (RejectedExecutionException ex) {
			if (!this.executor.isShutdown() && this.dropping.compareAndSet(false, true)) {
				logger.warn("[{}] There are too many {} at a time, and some are dropped", this.identity, this.what);
			}
		}
	}

	private void runSafely(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] One of the {} failed", this.identity, this.what, ex);
		}
	}

	/**
	 * Waits a bounded time for the tasks there are, and ends the thread.
	 */
	@Override
	public void close() {
		this.executor.shutdown();
		try {
			if (!this.executor.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
				this.executor.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			this.executor.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

}
