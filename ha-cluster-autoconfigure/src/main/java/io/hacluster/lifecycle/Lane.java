package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which a part of the node (replication, virtual IP, backend, lease) is
 * driven. Each part thereby sees one call at a time even when a call has been given up
 * and still runs, and a part that blocks keeps no other from being driven.
 */
final class Lane implements AutoCloseable {

	private final ThreadPoolExecutor executor;

	Lane(String threadName) {
		this.executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), (task) -> {
			Thread thread = new Thread(task, threadName);
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Runs a task after those before it. Cancelling it with interruption either
	 * interrupts it or keeps it from beginning.
	 * @throws java.util.concurrent.RejectedExecutionException after {@link #close}
	 */
	Future<?> submit(Runnable task) {
		return this.executor.submit(task);
	}

	/**
	 * Returns whether nothing runs or waits.
	 */
	boolean isIdle() {
		return this.executor.getActiveCount() == 0 && this.executor.getQueue().isEmpty();
	}

	/**
	 * Interrupts what runs and drops what waits, after a time in which both may end.
	 * @return whether the thread has ended
	 */
	boolean close(Duration timeout) {
		this.executor.shutdown();
		boolean interrupted = false;
		try {
			if (this.executor.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				return true;
			}
			this.executor.shutdownNow();
			return this.executor.awaitTermination(1, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			this.executor.shutdownNow();
			interrupted = true;
			return this.executor.isTerminated();
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public void close() {
		close(Duration.ZERO);
	}

}
