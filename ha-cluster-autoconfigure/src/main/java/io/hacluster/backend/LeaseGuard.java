package io.hacluster.backend;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Sees to it that a service does not outlive this JVM or, once {@link #prolong} has been
 * called, the lease. A small process outside the JVM runs an action that ends the service
 * when
 * <ul>
 * <li>this JVM has died, however it did, SIGKILL included, or
 * <li>the time that was last given has passed, for instance because this JVM is frozen.
 * </ul>
 * It runs the action again until that exits with 0, for some minutes. The process has a
 * session of its own, ignores the signals that usually end a program, and is replaced
 * when it is killed.
 * <p>
 * Time is measured on the clock of {@code /proc/uptime} and given as an absolute point on
 * it, and a point that has passed is never prolonged: a machine, container or control
 * group that was frozen as a whole, this JVM and the guard together, has its service
 * ended when it is thawed, whatever is still said about the lease. On systems without
 * that clock only the death of the JVM counts.
 * <p>
 * One guard is used for all lives of a service, one after the other:
 * {@link #prolong(Supplier)}, {@link #engage(List)}, start of the service,
 * {@link #prolong(Supplier)} again and again, stop of the service, {@link #release()}.
 * Thread-safe.
 */
public final class LeaseGuard {

	private static final Duration LONGEST = Duration.ofDays(365);

	private static final long PAUSE_MILLIS = 1000;

	private static final Logger log = LoggerFactory.getLogger(LeaseGuard.class);

	private final NodeIdentity identity;

	private final BootClock clock = new BootClock();

	private List<String> action = List.of();

	private @Nullable GuardProcess process;

	private @Nullable Long deadline;

	private boolean silent;

	private volatile boolean fired;

	/**
	 * Creates a guard. Nothing is started.
	 * @param identity leads each log line
	 */
	public LeaseGuard(NodeIdentity identity) {
		this.identity = identity;
	}

	/**
	 * Begins to guard a service, which is to be started afterwards. A guard that is there
	 * already is ended.
	 * @param action the program that ends the service and its arguments, run without a
	 * shell, with the environment of this JVM, the root directory as its working
	 * directory and its output discarded. It must exit with 0 if and only if the service
	 * does not run any more, must not run for ever, and may run while others stop the
	 * service too
	 * @throws BackendException if the guard cannot be started, or the time that was given
	 * by {@link #prolong(Supplier)} has passed already: the service must not be started
	 */
	public synchronized void engage(List<String> action) {
		disengage();
		this.action = List.copyOf(action);
		this.fired = false;
		this.silent = false;
		if (hasPassed()) {
			throw new BackendException("The lease has run out before the backend was started");
		}
		begin();
	}

	/**
	 * Sets until when the service may run. Before {@link #engage(List)} this is only
	 * remembered. Does not wait for the guard, and throws only what the supplier throws.
	 * @param remaining asked once: what is left from then on
	 */
	public synchronized void prolong(Supplier<Duration> remaining) {
		OptionalLong now = this.clock.centis();
		if (now.isEmpty() || (this.process != null && hasPassed())) {
			return;
		}
		// Not before the clock was read: see LeaseBoundBackend.
		Duration left = remaining.get();
		Duration time = left.isNegative() ? Duration.ZERO : (left.compareTo(LONGEST) > 0) ? LONGEST : left;
		this.deadline = now.getAsLong() + time.toMillis() / 10;
		GuardProcess guard = this.process;
		if (guard != null && !guard.lease(this.deadline) && !this.silent) {
			this.silent = true;
			log.warn("[{}] The guard of the backend does not take news of the lease", this.identity);
		}
	}

	/**
	 * Ends the guard without harm to the service. To be called when the service has
	 * ended, and no sooner. When this returns, the action does not run and will not.
	 * Without a guard this does nothing.
	 */
	public synchronized void release() {
		disengage();
	}

	/**
	 * Returns whether the guard has ended the service since it was last engaged.
	 * @return whether it has, which tells why the service does not run
	 */
	public boolean hasFired() {
		return this.fired;
	}

	private void disengage() {
		GuardProcess guard = this.process;
		this.process = null;
		notifyAll();
		if (guard != null && guard.release()) {
			tellFired();
		}
	}

	private void tellFired() {
		this.fired = true;
		log.warn("[{}] The guard has ended the backend, because the lease was not prolonged in time: this JVM or the "
				+ "machine has stood still", this.identity);
	}

	private void begin() {
		GuardProcess guard = GuardProcess.start(Programs.shell(), this.action);
		if (this.deadline != null) {
			guard.lease(this.deadline);
		}
		this.process = guard;
		guard.onEnd((code) -> ended(guard, code));
	}

	private boolean hasPassed() {
		return this.deadline != null && this.clock.centis().orElse(0) >= this.deadline;
	}

	private synchronized void ended(GuardProcess guard, int code) {
		if (this.process != guard) {
			return;
		}
		if (code == GuardProcess.FIRED) {
			this.process = null;
			tellFired();
			return;
		}
		log.warn("[{}] The guard of the backend {}, and is replaced", this.identity,
				(code == GuardProcess.GAVE_UP) ? "could not end it" : "was killed");
		Thread thread = new Thread(() -> replace(guard), "ha-guard-" + this.identity.cluster());
		thread.setDaemon(true);
		thread.start();
	}

	private synchronized void replace(GuardProcess ended) {
		boolean hurry = ended.age().toMillis() >= PAUSE_MILLIS;
		boolean told = false;
		try {
			while (this.process == ended) {
				if (!hurry) {
					wait(PAUSE_MILLIS);
				}
				hurry = false;
				try {
					if (this.process == ended) {
						begin();
					}
				}
				catch (BackendException ex) {
					if (!told) {
						log.error("[{}] The guard of the backend cannot be replaced yet: should this JVM be killed "
								+ "or frozen, the backend runs on", this.identity, ex);
					}
					told = true;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
