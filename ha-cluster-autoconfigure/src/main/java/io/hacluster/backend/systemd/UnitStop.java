package io.hacluster.backend.systemd;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.backend.BackendException;

/**
 * How a unit is stopped. Asks systemd first, and after the timeout has every process of
 * the control group killed, again and again until systemd says that none is left and that
 * it will not start the unit again, whatever {@code Restart=} says. An interrupted stop
 * kills at once.
 */
final class UnitStop {

	private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

	private static final long PAUSE_MILLIS = 20;

	private static final Logger log = LoggerFactory.getLogger(UnitStop.class);

	private final NodeIdentity identity;

	private final String unit;

	private final Systemctl systemctl;

	private final CountDownLatch never = new CountDownLatch(1);

	UnitStop(NodeIdentity identity, String unit, Systemctl systemctl) {
		this.identity = identity;
		this.unit = unit;
		this.systemctl = systemctl;
	}

	/**
	 * Ends the unit in order if there is time, else by force.
	 * @param timeout how long it may take in order
	 * @param hurry whether it may not
	 * @return whether nobody has interrupted that
	 */
	boolean run(Duration timeout, boolean hurry) throws InterruptedException {
		boolean interrupted = false;
		try {
			if (!hurry && !timeout.isZero() && stopInOrder(timeout)) {
				return true;
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		catch (BackendException ex) {
			// Whoever has no answer in time has to kill, which asks again.
			log.warn("[{}] {} is killed: {}", this.identity, this.unit, ex.getMessage());
		}
		if (hurry || interrupted) {
			log.warn("[{}] There is no more time for {} to stop by itself, and it is killed", this.identity, this.unit);
		}
		kill();
		return !interrupted;
	}

	private boolean stopInOrder(Duration timeout) throws InterruptedException {
		long deadline = Ticker.SYSTEM.nanoTime() + timeout.toNanos();
		if (this.systemctl.show(this.unit, timeout).isQuiet()) {
			return true;
		}
		ToolResult result = this.systemctl.stop(this.unit, left(deadline));
		if (result.succeeded() && this.systemctl.show(this.unit).isQuiet()) {
			log.info("[{}] {} has stopped", this.identity, this.unit);
			return true;
		}
		log.warn("[{}] {} has not stopped within {} ms and is killed: {}", this.identity, this.unit, timeout.toMillis(),
				result.succeeded() ? "processes are left in its control group" : result.problem());
		return false;
	}

	private void kill() throws InterruptedException {
		long deadline = Ticker.SYSTEM.nanoTime() + KILL_TIMEOUT.toNanos();
		String problem;
		do {
			problem = killOnce();
			if (problem.isEmpty()) {
				log.info("[{}] {} has been killed", this.identity, this.unit);
				return;
			}
		}
		while (Ticker.SYSTEM.nanoTime() - deadline < 0 && !this.never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
		throw new BackendException(
				this.unit + " has been killed but has not ended, so it may still be running: " + problem);
	}

	/**
	 * Kills what runs now, which may be another command of the unit than before.
	 * @return why it may still be running, empty if it is not
	 */
	private String killOnce() throws InterruptedException {
		// First, or a unit with Restart= would be back before the next look.
		ToolResult stop = this.systemctl.beginStop(this.unit);
		ToolResult kill = this.systemctl.kill(this.unit);
		UnitStatus status;
		try {
			status = this.systemctl.show(this.unit);
		}
		catch (BackendException ex) {
			return String.valueOf(ex.getMessage());
		}
		if (status.isQuiet()) {
			return "";
		}
		if (!stop.succeeded()) {
			return SystemdRights.explain(this.unit, "stop", stop);
		}
		return kill.succeeded() ? "it is " + status : SystemdRights.explain(this.unit, "kill", kill);
	}

	private static Duration left(long deadline) {
		return Duration.ofNanos(Math.max(0, deadline - Ticker.SYSTEM.nanoTime()));
	}

}
