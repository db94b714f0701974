package io.hacluster.backend.systemd;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.backend.ExitAwareBackend;
import io.hacluster.backend.LeaseBoundBackend;
import io.hacluster.backend.LeaseGuard;

/**
 * A backend that is a service of systemd on this machine.
 * <p>
 * It is driven by {@code systemctl} and not by D-Bus. The answers are the same, for
 * {@code systemctl} is a client of that very interface; but a D-Bus client would be one
 * more library with native transport, or a protocol of our own, in a path that has to
 * work when everything else does not, while a program can be bounded in time, killed, and
 * called by hand by whoever wants to know why. It costs about ten milliseconds a call,
 * and none is made while the service runs undisturbed except for its health.
 * <p>
 * Stopping asks systemd first, and after the timeout has every process of the control
 * group killed, again and again until systemd says that none is left and that it will not
 * start the unit again, whatever {@code Restart=} says. An interrupted stop kills at
 * once.
 */
public final class SystemdBackend implements ExitAwareBackend, LeaseBoundBackend {

	private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

	private static final long PAUSE_MILLIS = 20;

	private static final Logger log = LoggerFactory.getLogger(SystemdBackend.class);

	private final NodeIdentity identity;

	private final SystemdSettings settings;

	private final String unit;

	private final Machine machine;

	private final StartPermit permit;

	private final Systemctl systemctl;

	private final Journal journal;

	private final LeaseGuard guard;

	private final CountDownLatch never = new CountDownLatch(1);

	private volatile @Nullable UnitWatch watch;

	private volatile Consumer<String> exitListener = (detail) -> {
	};

	/**
	 * Creates a backend. Nothing is started or asked.
	 * @param identity leads each log line
	 * @param settings how to run it
	 */
	public SystemdBackend(NodeIdentity identity, SystemdSettings settings) {
		this(identity, settings, Machine.local());
	}

	SystemdBackend(NodeIdentity identity, SystemdSettings settings, Machine machine) {
		this.identity = identity;
		this.settings = settings;
		this.unit = settings.unit();
		this.machine = machine;
		this.permit = machine.permit(this.unit);
		this.guard = new LeaseGuard(identity);
		Tools tools = new Tools(machine.prefix());
		this.systemctl = new Systemctl(tools, settings.queryTimeout());
		this.journal = new Journal(tools, settings.journalLines(), settings.queryTimeout());
	}

	/**
	 * Looks before the cluster starts whether the unit can be used on this machine, and
	 * warns of what is not safe: that others may start it, or that it is not bound to the
	 * unit of this process.
	 * @throws UnusableUnitException if it cannot be used
	 */
	public void check() {
		try {
			new UnitCheck(this.identity, this.settings, this.systemctl, this.machine.systemd())
				.run(this.machine.binding());
			checkGuard();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Has a guard come and go, since a backend is not to be started without one.
	 */
	private void checkGuard() {
		try {
			this.guard.engage(List.of("/bin/true"));
			this.guard.release();
		}
		catch (BackendException ex) {
			throw new UnusableUnitException(String.valueOf(ex.getMessage()),
					"Install what is missing, or choose another 'ha.cluster.backend.type'.", ex);
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Waits for the result of systemd's job. A unit that systemd does not start again
	 * because it has been started too often is started nevertheless: how often is for the
	 * supervision of the cluster to say, and a failover must not be refused for the
	 * failures of an hour ago.
	 * @throws BackendException if the unit is not there, masked or malformed, if a unit
	 * that it depends on is not active, or if it does not start; with the last lines of
	 * the journal
	 */
	@Override
	public synchronized void start(Duration timeout) throws InterruptedException {
		long deadline = Ticker.SYSTEM.nanoTime() + timeout.toNanos();
		UnitStatus before = this.systemctl.show(this.unit);
		String unusable = UnitFailure.ofLoading(before);
		if (unusable != null) {
			throw new BackendException(unusable + ". " + UnitFailure.remedy(before));
		}
		UnitWatch current = this.watch;
		if (before.isActive() && current != null && !current.isOver()) {
			return;
		}
		this.guard.engage(UnitKill.command(this.machine.prefix(), this.unit));
		if (!before.isActive()) {
			requireDependencies();
			if (before.hasFailed()) {
				this.systemctl.resetFailed(this.unit);
			}
			run(deadline);
		}
		watch();
	}

	private void run(long deadline) throws InterruptedException {
		String unpermitted = this.permit.give();
		ToolResult result = this.systemctl.start(this.unit, left(deadline));
		UnitStatus after = this.systemctl.show(this.unit);
		if (!result.succeeded() && after.result().equals("start-limit-hit")) {
			this.systemctl.resetFailed(this.unit);
			result = this.systemctl.start(this.unit, left(deadline));
			after = this.systemctl.show(this.unit);
		}
		if (result.succeeded() && !after.hasEnded()) {
			log.info("[{}] Started {}, which is {}", this.identity, this.unit, after);
			return;
		}
		if (result.timedOut()) {
			throw new BackendException(
					this.unit + " has not started in time, and is " + after + "; " + this.journal.describe(after));
		}
		if (!after.hasFailed() && !result.succeeded()) {
			throw new BackendException(SystemdRights.explain(this.unit, "start", result)
					+ (unpermitted.isEmpty() ? "" : "; " + unpermitted));
		}
		if (result.succeeded() && after.refusedByCondition()) {
			throw new BackendException(this.unit + " was not started, because a condition of its unit is not met");
		}
		throw new BackendException(describeEnd(after));
	}

	private void requireDependencies() throws InterruptedException {
		if (this.settings.dependencies().isEmpty()) {
			return;
		}
		for (UnitStatus dependency : this.systemctl.show(this.settings.dependencies())) {
			if (!dependency.isActive()) {
				String unusable = UnitFailure.ofLoading(dependency);
				throw new BackendException(this.unit + " is not started, because " + dependency.id()
						+ " of 'ha.cluster.backend.systemd.dependencies' is not active: "
						+ ((unusable != null) ? unusable : "it is " + dependency));
			}
		}
	}

	private void watch() throws InterruptedException {
		endWatch();
		UnitWatch next = new UnitWatch(this.identity.toString(), this.identity.cluster(), this.systemctl,
				this.systemctl.show(this.unit), this.machine.processes(), this::ended);
		this.watch = next;
		next.start();
	}

	private void ended(UnitStatus status) {
		try {
			String detail = describeEnd(status);
			if (status.isQuiet()) {
				this.guard.release();
			}
			if (isManagerBeingStopped()) {
				log.info("[{}] systemd stops this manager, and {} with it", this.identity, this.unit);
				return;
			}
			log.warn("[{}] The backend has ended: {}", this.identity, detail);
			this.exitListener.accept(detail);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A unit that is bound to the unit of this process is stopped at the same time, which
	 * may be seen before the signal to this process is.
	 */
	private boolean isManagerBeingStopped() throws InterruptedException {
		String manager = this.machine.binding().manager().orElse("");
		try {
			return !manager.isEmpty() && this.systemctl.show(manager).isBeingStopped();
		}
		catch (BackendException ex) {
			return false;
		}
	}

	private String describeEnd(UnitStatus status) throws InterruptedException {
		String journal = this.journal.describe(status);
		return UnitFailure.ofEnd(status) + (this.guard.hasFired() ? ", by the guard of the lease" : "")
				+ (journal.isEmpty() ? "" : "; " + journal);
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Does not depend on who has started the unit.
	 */
	@Override
	public synchronized void stop(Duration timeout) {
		endWatch();
		permitNoMore();
		boolean interrupted = Thread.interrupted();
		try {
			interrupted |= !end(timeout, interrupted);
			this.guard.release();
		}
		catch (InterruptedException ex) {
			interrupted = true;
			throw new BackendException(this.unit + " may still be running: killing it was interrupted", ex);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Ends the unit in order if there is time, else by force.
	 * @return whether nobody has interrupted that
	 */
	private boolean end(Duration timeout, boolean hurry) throws InterruptedException {
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

	private void permitNoMore() {
		try {
			this.permit.take();
		}
		catch (IOException ex) {
			log.warn("[{}] {} could be started by others than this node: {}", this.identity, this.unit, ex.toString());
		}
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

	@Override
	public void prolong(Supplier<Duration> remaining) {
		this.guard.prolong(remaining);
	}

	@Override
	public BackendHealth health() {
		UnitStatus status;
		try {
			status = this.systemctl.show(this.unit);
			if (status.hasEnded()) {
				return ended(status, this.watch);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new BackendHealth(Status.DOWN, "was not asked to the end: interrupted");
		}
		catch (BackendException ex) {
			return new BackendHealth(Status.DOWN, String.valueOf(ex.getMessage()));
		}
		return new BackendHealth(status.isActive() ? Status.UP : Status.DOWN, describe(status));
	}

	/**
	 * That the unit has ended is not said before everything that belongs to its run has
	 * ended, too.
	 */
	private BackendHealth ended(UnitStatus status, @Nullable UnitWatch watch) throws InterruptedException {
		if (watch == null) {
			return new BackendHealth(Status.STOPPED, this.unit + " is " + status);
		}
		return new BackendHealth(watch.isOver() ? Status.STOPPED : Status.DOWN, describeEnd(status));
	}

	private String describe(UnitStatus status) {
		StringBuilder detail = new StringBuilder(this.unit + " is " + status);
		if (status.restarts() > 0) {
			detail.append(", and has been started again by systemd ").append(status.restarts()).append(" times");
		}
		if (!status.starters().isEmpty()) {
			detail.append("; it may be started by ").append(String.join(", ", status.starters()));
		}
		String unbound = this.machine.binding().problem(status);
		if (!unbound.isEmpty()) {
			detail.append("; ").append(unbound);
		}
		return detail.toString();
	}

	@Override
	public void onUnexpectedExit(Consumer<String> listener) {
		this.exitListener = listener;
	}

	private void endWatch() {
		UnitWatch current = this.watch;
		if (current != null) {
			this.watch = null;
			current.close();
		}
	}

	private static Duration left(long deadline) {
		return Duration.ofNanos(Math.max(0, deadline - Ticker.SYSTEM.nanoTime()));
	}

}
