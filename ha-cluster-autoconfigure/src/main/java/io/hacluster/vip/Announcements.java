package io.hacluster.vip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

import io.hacluster.Ticker;

/**
 * When the addresses are announced: several times at once, for a packet may be lost;
 * again after a second, for a switch that has just seen a link come up may not forward
 * yet; and then at intervals, for a neighbour may have been away. Not thread-safe.
 */
final class Announcements {

	private static final Duration SECOND_ROUND = Duration.ofSeconds(1);

	private final Announcer announcer;

	private final VirtualIpSettings settings;

	private final VirtualIpRecord record;

	private final Ticker ticker;

	private final List<InetAddress> addresses;

	private final Deque<Long> due = new ArrayDeque<>();

	Announcements(Announcer announcer, VirtualIpSettings settings, VirtualIpRecord record, Ticker ticker) {
		this.announcer = announcer;
		this.settings = settings;
		this.record = record;
		this.ticker = ticker;
		this.addresses = settings.addresses().stream().map(CidrAddress::address).toList();
	}

	/**
	 * Begins anew. The first announcement is due at once.
	 */
	void begin() {
		this.due.clear();
		long now = this.ticker.nanoTime();
		addRound(now);
		addRound(Math.max(now + SECOND_ROUND.toNanos(), this.due.getLast() + interval()));
	}

	/**
	 * Has the addresses announced once, at once.
	 */
	void once() {
		this.due.addFirst(this.ticker.nanoTime());
	}

	void end() {
		this.due.clear();
	}

	/**
	 * Sends what is due: one announcement, however many have been missed.
	 * @param link the interface
	 * @return whether something was sent
	 */
	boolean send(Link link) {
		long now = this.ticker.nanoTime();
		if (this.due.isEmpty() || this.due.getFirst() - now > 0) {
			return false;
		}
		while (!this.due.isEmpty() && this.due.getFirst() - now <= 0) {
			this.due.removeFirst();
		}
		if (this.due.isEmpty() && !this.settings.repeatInterval().isZero()) {
			this.due.add(now + this.settings.repeatInterval().toNanos());
		}
		if (link.mac() != null && link.running()) {
			this.announcer.announce(link, this.addresses);
			this.record.announced(this.addresses.size());
			return true;
		}
		return false;
	}

	/**
	 * Returns when {@link #send} has something to do.
	 * @return a reading of the ticker, empty if never
	 */
	OptionalLong next() {
		return this.due.isEmpty() ? OptionalLong.empty() : OptionalLong.of(this.due.getFirst());
	}

	private void addRound(long start) {
		for (int i = 0; i < this.settings.announceCount(); i++) {
			this.due.add(start + i * interval());
		}
	}

	private long interval() {
		return this.settings.announceInterval().toNanos();
	}

}
