package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

import io.hacluster.lifecycle.ClusterLifecycle;

/**
 * Lets the node take part in its cluster for as long as the application context runs.
 * <p>
 * Starts after the web server, so that its health can be seen from the beginning. Stops
 * before the web server and its graceful shutdown, so that a step-down is not kept
 * waiting by clients, but after beans of the default phase, such as message listeners and
 * schedulers, so that nothing makes new work meanwhile.
 * <p>
 * A step-down ends before {@link #stop()} returns. Spring's timeout for a shutdown phase
 * applies to beans that stop in the background and does not cut it short; the budget that
 * an operator gives the whole application, such as {@code TimeoutStopSec} of systemd, has
 * to be longer.
 */
final class HaClusterLifecycle implements SmartLifecycle, DisposableBean {

	/**
	 * Between beans of the default phase and the web server's graceful shutdown, which is
	 * 1024 below that.
	 */
	static final int PHASE = DEFAULT_PHASE - 512;

	private static final Logger logger = LoggerFactory.getLogger(HaClusterLifecycle.class);

	private final ClusterLifecycle lifecycle;

	private final List<StartupCheck> checks;

	private final List<NodeDuty> duties;

	private final Duration stopTimeout;

	private @Nullable CountDownLatch stopped;

	HaClusterLifecycle(ClusterLifecycle lifecycle, List<StartupCheck> checks, List<NodeDuty> duties,
			Duration stopTimeout) {
		this.lifecycle = lifecycle;
		this.checks = List.copyOf(checks);
		this.duties = List.copyOf(duties);
		this.stopTimeout = stopTimeout;
	}

	@Override
	public void start() {
		this.checks.forEach(StartupCheck::run);
		this.duties.forEach(NodeDuty::start);
		this.lifecycle.start();
		keepAlive();
	}

	/**
	 * A node without a web server has no other thread that keeps its process running.
	 */
	private synchronized void keepAlive() {
		if (this.stopped == null) {
			CountDownLatch latch = new CountDownLatch(1);
			this.stopped = latch;
			new Thread(() -> await(latch), "ha-keep-alive").start();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stop() {
		try {
			this.lifecycle.stop(this.stopTimeout);
		}
		finally {
			this.duties.forEach(HaClusterLifecycle::stop);
			letGo();
		}
	}

	/**
	 * One that fails must not keep the others, or the process, from ending.
	 */
	private static void stop(NodeDuty duty) {
		try {
			duty.stop();
		}
		catch (RuntimeException ex) {
			logger.warn("{} has not stopped in order", duty, ex);
		}
	}

	private synchronized void letGo() {
		if (this.stopped != null) {
			this.stopped.countDown();
			this.stopped = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.lifecycle.isRunning();
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
