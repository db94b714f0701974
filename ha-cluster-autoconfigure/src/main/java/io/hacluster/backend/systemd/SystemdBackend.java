package io.hacluster.backend.systemd;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
 */
public final class SystemdBackend implements ExitAwareBackend, LeaseBoundBackend {

	private static final Logger log = LoggerFactory.getLogger(SystemdBackend.class);

	private final NodeIdentity identity;

	private final SystemdSettings settings;

	private final String unit;

	private final Machine machine;

	private final StartPermit permit;

	private final Systemctl systemctl;

	private final LeaseGuard guard;

	private final UnitDescription description;

	private final UnitStart start;

	private final UnitStop stop;

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
		Journal journal = new Journal(tools, settings.journalLines(), settings.queryTimeout());
		this.description = new UnitDescription(this.unit, journal, this.guard, machine.binding());
		this.start = new UnitStart(identity, settings, this.systemctl, this.permit, journal, this.description);
		this.stop = new UnitStop(identity, this.unit, this.systemctl);
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
			this.start.run(before, deadline);
		}
		watch();
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
			String detail = this.description.end(status);
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
			interrupted |= !this.stop.run(timeout, interrupted);
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

	private void permitNoMore() {
		try {
			this.permit.take();
		}
		catch (IOException ex) {
			log.warn("[{}] {} could be started by others than this node: {}", this.identity, this.unit, ex.toString());
		}
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
		return new BackendHealth(status.isActive() ? Status.UP : Status.DOWN, this.description.state(status));
	}

	/**
	 * That the unit has ended is not said before everything that belongs to its run has
	 * ended, too.
	 */
	private BackendHealth ended(UnitStatus status, @Nullable UnitWatch watch) throws InterruptedException {
		if (watch == null) {
			return new BackendHealth(Status.STOPPED, this.unit + " is " + status);
		}
		return new BackendHealth(watch.isOver() ? Status.STOPPED : Status.DOWN, this.description.end(status));
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

}
