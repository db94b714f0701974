package io.hacluster.vip;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.vip.VirtualIpRecord.Aspect;

/**
 * A virtual IP on a network interface of this Linux host. The kernel itself takes the
 * addresses away when the lease has not been renewed, also from a process that is frozen
 * or dead; nothing here ever brings them back after the deadline that the last
 * {@link #acquire} set. Taken away by somebody else while the lease holds, they are put
 * back at once. Thread-safe; does not touch native code before it is used.
 */
public final class LinuxVirtualIp implements VirtualIp, AutoCloseable {

	private final NodeIdentity identity;

	private final VirtualIpSettings settings;

	private final AddressTable table;

	private final VirtualIpRecord record;

	private final VirtualIpHold hold;

	private final HostCheck check;

	private final boolean watched;

	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable HostWatch watch;

	/**
	 * Creates the virtual IP, and does nothing yet.
	 * @param identity this node, for the log
	 * @param settings what it is
	 * @param announcer tells the neighbours
	 * @param probe asks the neighbours
	 * @param clock for display
	 */
	public LinuxVirtualIp(NodeIdentity identity, VirtualIpSettings settings, Announcer announcer, ConflictProbe probe,
			Clock clock) {
		this(identity, settings, announcer, probe, clock, Ticker.SYSTEM, new RtnetlinkTable(), true);
	}

	/**
	 * The same on another clock and another host.
	 * @param watched whether changes of this host are listened to
	 */
	LinuxVirtualIp(NodeIdentity identity, VirtualIpSettings settings, Announcer announcer, ConflictProbe probe,
			Clock clock, Ticker ticker, AddressTable table, boolean watched) {
		this.identity = identity;
		this.settings = settings;
		this.table = table;
		this.watched = watched;
		this.record = new VirtualIpRecord(identity, clock);
		this.check = new HostCheck(identity, settings, table, announcer);
		this.hold = new VirtualIpHold(identity, settings, new AddressHolder(identity, settings, table, ticker),
				new Announcements(announcer, settings, this.record, ticker),
				new ConflictCheck(settings, probe, this.record), new Defence(settings, probe, this.record, ticker),
				this.record, ticker);
	}

	/**
	 * Looks whether this host, and the rights of this process, permit the virtual IP.
	 * Before the node starts: it takes away what a former life of it has left.
	 * @throws UnusableVirtualIpException saying what is wrong and what to do
	 * @throws VirtualIpException if the kernel cannot be asked
	 */
	public void verify() {
		this.lock.lock();
		try {
			this.check.run();
		}
		catch (IOException ex) {
			throw failed("cannot be checked", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Registers who is told of each stranger who has an address that was to be taken, or
	 * claims one that is held.
	 * @param listener called with a message for people; must return at once and not throw
	 */
	public void onConflict(Consumer<String> listener) {
		this.record.onConflict(listener);
	}

	@Override
	public void acquire(Supplier<Duration> lifetime) {
		this.lock.lock();
		try {
			if (this.watched && this.watch == null) {
				this.watch = new HostWatch(this.identity, new Ward());
			}
			this.hold.acquire(lifetime);
		}
		catch (IOException ex) {
			throw failed("cannot be put on " + this.settings.interfaceName(), ex);
		}
		catch (VirtualIpException ex) {
			this.record.failure(String.valueOf(ex.getMessage()));
			throw ex;
		}
		finally {
			if (this.watch != null) {
				this.watch.wake();
			}
			this.lock.unlock();
		}
	}

	/**
	 * Takes the addresses away, also those that a former life of this node has left, and
	 * those that somebody else has put on this interface.
	 */
	@Override
	public void release() {
		this.lock.lock();
		try {
			this.hold.release();
		}
		catch (IOException ex) {
			throw failed("cannot be removed from " + this.settings.interfaceName(), ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns how it is, without waiting.
	 * @return the status
	 */
	public VirtualIpStatus status() {
		return this.record.status(this.settings, this.hold.holds());
	}

	/**
	 * Ends the thread that looks after the addresses; does not take them away.
	 */
	@Override
	public void close() {
		HostWatch watch;
		this.lock.lock();
		try {
			watch = this.watch;
			this.watch = null;
		}
		finally {
			this.lock.unlock();
		}
		if (watch != null) {
			watch.close();
		}
		this.lock.lock();
		try {
			this.table.close();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Does what is due, and repairs what somebody has changed.
	 */
	void look(List<HostChange> changes) {
		this.lock.lock();
		try {
			this.hold.look(changes);
		}
		catch (IOException | VirtualIpException ex) {
			this.record.problem(Aspect.ADDRESS, "The virtual IP cannot be kept: " + ex.getMessage());
		}
		finally {
			this.lock.unlock();
		}
	}

	Duration untilNext() {
		this.lock.lock();
		try {
			return this.hold.untilNext();
		}
		finally {
			this.lock.unlock();
		}
	}

	private VirtualIpException failed(String what, IOException cause) {
		String message = "The virtual IP " + what + ": " + cause.getMessage();
		if (cause instanceof NetlinkException refused && refused.errno() == NetlinkException.EPERM) {
			message += ". This process lacks the capability CAP_NET_ADMIN";
		}
		this.record.failure(message);
		return new VirtualIpException(message, cause);
	}

	/**
	 * What happens between the calls.
	 */
	private final class Ward implements HostWatch.Ward {

		@Override
		public Duration untilNext() {
			return LinuxVirtualIp.this.untilNext();
		}

		@Override
		public void look(List<HostChange> changes) {
			LinuxVirtualIp.this.look(changes);
		}

	}

}
