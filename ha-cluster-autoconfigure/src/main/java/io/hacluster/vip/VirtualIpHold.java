package io.hacluster.vip;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.vip.VirtualIpRecord.Aspect;

/**
 * Whether the virtual IP is to be on this host, and until when. Nothing brings an address
 * back after that deadline. Not thread-safe, except for {@link #holds()}.
 */
final class VirtualIpHold {

	private static final Duration IDLE = Duration.ofMinutes(1);

	private static final long LEAST_LIFETIME = TimeUnit.SECONDS.toNanos(1);

	/** Whatever happens, the thread that looks after this does not spin. */
	private static final long LEAST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long POLL = TimeUnit.MILLISECONDS.toNanos(20);

	private static final Logger logger = LoggerFactory.getLogger(LinuxVirtualIp.class);

	private final NodeIdentity identity;

	private final VirtualIpSettings settings;

	private final AddressHolder holder;

	private final Announcements announcements;

	private final ConflictCheck conflicts;

	private final Defence defence;

	private final VirtualIpRecord record;

	private final RepairLimit repairs;

	private final Ticker ticker;

	private volatile boolean held;

	private volatile long deadline;

	private boolean running;

	private boolean expired;

	VirtualIpHold(NodeIdentity identity, VirtualIpSettings settings, AddressHolder holder, Announcements announcements,
			ConflictCheck conflicts, Defence defence, VirtualIpRecord record, Ticker ticker) {
		this.identity = identity;
		this.settings = settings;
		this.holder = holder;
		this.announcements = announcements;
		this.conflicts = conflicts;
		this.defence = defence;
		this.record = record;
		this.repairs = new RepairLimit(ticker);
		this.ticker = ticker;
	}

	/**
	 * Takes the addresses, or prolongs their lives.
	 * @throws VirtualIpException if that must not or cannot be
	 * @throws IOException if the kernel refuses
	 */
	void acquire(Supplier<Duration> lifetime) throws IOException {
		Link link = this.holder.link()
			.orElseThrow(() -> new VirtualIpException(
					"There is no interface " + this.settings.interfaceName() + " for the virtual IP", null));
		if (this.held) {
			boolean late = this.holder.mayHaveLapsed();
			begin(deadline(lifetime));
			keep(link, late);
		}
		else {
			take(link, lifetime);
		}
	}

	/**
	 * Takes the addresses away, held or not.
	 * @throws IOException if the kernel refuses
	 */
	void release() throws IOException {
		boolean before = this.held;
		this.held = false;
		this.announcements.end();
		this.record.givenUp();
		takeAway();
		if (before) {
			logger.info("[{}] The virtual IP {} is given up", this.identity, this.settings.addresses());
		}
	}

	/**
	 * Returns whether the addresses are to be here at this moment.
	 */
	boolean holds() {
		return this.held && this.deadline - this.ticker.nanoTime() > 0;
	}

	/**
	 * Does what is due, and repairs what somebody has changed.
	 * @param changes what has changed on this host, may be empty
	 * @throws VirtualIpException if the deadline passes meanwhile
	 * @throws IOException if the kernel refuses
	 */
	void look(List<HostChange> changes) throws IOException {
		if (!this.held) {
			return;
		}
		if (!holds()) {
			expire();
			return;
		}
		Optional<Link> present = this.holder.link();
		if (present.isEmpty()) {
			this.running = false;
			this.announcements.end();
			this.record.problem(Aspect.LINK, "The interface " + this.settings.interfaceName() + " is gone");
			return;
		}
		Link link = present.get();
		if (changes.stream().anyMatch((change) -> change.interrupts(link))) {
			this.running = false;
		}
		boolean back = link.running() && !this.running;
		boolean taken = changes.stream().anyMatch((change) -> change.mayTake(this.settings, link));
		if ((back || taken) && this.repairs.tryRepair()) {
			keep(link, false);
		}
		else {
			seen(link);
			announce(link);
		}
	}

	/**
	 * Returns how long there is nothing to do unless something changes.
	 */
	Duration untilNext() {
		if (!this.held || this.expired) {
			return IDLE;
		}
		long now = this.ticker.nanoTime();
		long next = this.deadline - now;
		OptionalLong announcement = this.announcements.next();
		if (announcement.isPresent()) {
			next = Math.min(next, announcement.getAsLong() - now);
		}
		return Duration.ofNanos(Math.max(LEAST_PAUSE, Math.min(next, IDLE.toNanos())));
	}

	private void take(Link link, Supplier<Duration> lifetime) throws IOException {
		if (!link.running()) {
			throw new VirtualIpException("The interface " + link.name() + " is down or has no carrier, so that nobody "
					+ "would reach the virtual IP", null);
		}
		this.conflicts.run(link, this.holder.absent(link));
		awaitLifetime(lifetime);
		long until = deadline(lifetime);
		boolean taken = false;
		try {
			taken = this.holder.put(link, until);
		}
		finally {
			if (!taken) {
				this.holder.remove(link);
			}
		}
		if (!taken) {
			throw new VirtualIpException(
					"Less than a second is left of the lease, which is the shortest lifetime of an address", null);
		}
		begin(until);
		this.held = true;
		this.running = true;
		this.record.taken();
		this.announcements.begin();
		announce(link);
		logger.info("[{}] The virtual IP {} is on {}", this.identity, this.settings.addresses(), link.name());
	}

	private void begin(long until) {
		this.deadline = until;
		this.expired = false;
	}

	/**
	 * Sees to it that the addresses are there until the deadline.
	 */
	private void keep(Link link, boolean announce) throws IOException {
		List<CidrAddress> absent = this.holder.absent(link);
		if (this.holder.put(link, this.deadline)) {
			this.record.well(Aspect.ADDRESS);
			if (!absent.isEmpty()) {
				this.record.repaired();
				logger.warn("[{}] {} was taken away from {}, and has been put back", this.identity, absent,
						link.name());
			}
			if (announce || !absent.isEmpty()) {
				this.announcements.begin();
			}
		}
		seen(link);
		if (this.defence.isDue(link, this.deadline)) {
			logger.warn("[{}] The virtual IP {} is announced again, because another host claims it", this.identity,
					this.settings.addresses());
			this.announcements.once();
		}
		announce(link);
	}

	/**
	 * Takes away what should have been released. The kernel would do it too, within a
	 * second.
	 */
	private void expire() throws IOException {
		if (!this.expired) {
			this.expired = true;
			this.announcements.end();
			logger.warn("[{}] The lease has ended: the virtual IP {} is taken away", this.identity,
					this.settings.addresses());
		}
		takeAway();
	}

	private void takeAway() throws IOException {
		Optional<Link> link = this.holder.link();
		if (link.isPresent()) {
			this.holder.remove(link.get());
		}
		this.defence.end();
	}

	/**
	 * Waits for the next renewal if too little is left of the lease for the kernel to
	 * count.
	 */
	private void awaitLifetime(Supplier<Duration> lifetime) {
		for (long waited = 0; waited < LEAST_LIFETIME; waited += POLL) {
			long left = lifetime.get().toNanos();
			if (left <= 0 || left >= LEAST_LIFETIME || Thread.currentThread().isInterrupted()) {
				return;
			}
			LockSupport.parkNanos(POLL);
		}
	}

	/**
	 * Returns when the lease ends. The clock is read first: if the process is frozen
	 * before it asks for what is left, the deadline is too early and not too late.
	 */
	private long deadline(Supplier<Duration> lifetime) {
		long now = this.ticker.nanoTime();
		return now + lifetime.get().toNanos();
	}

	private void seen(Link link) {
		if (link.running()) {
			if (!this.running) {
				this.announcements.begin();
			}
			this.record.well(Aspect.LINK);
		}
		else {
			this.record.problem(Aspect.LINK,
					"The interface " + link.name() + " is down or has no carrier: nobody reaches the virtual IP");
		}
		this.running = link.running();
	}

	private void announce(Link link) {
		try {
			if (this.announcements.send(link)) {
				this.record.well(Aspect.ANNOUNCEMENT);
			}
		}
		catch (VirtualIpException ex) {
			this.record.problem(Aspect.ANNOUNCEMENT, "The virtual IP cannot be announced: " + ex.getMessage());
		}
	}

}
