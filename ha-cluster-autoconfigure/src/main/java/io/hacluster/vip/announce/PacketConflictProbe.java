package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.hacluster.Ticker;
import io.hacluster.vip.Claims;
import io.hacluster.vip.ConflictProbe;
import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;
import io.hacluster.vip.VirtualIpException;

/**
 * Asks on packet sockets, three times within the wait. RFC 5227 and RFC 4862 would take
 * seconds for it, which a failover does not have. Whoever answers, announces the address
 * or asks for it in the same manner claims it, unless he has the hardware address of an
 * interface of this host. He holds it when he goes on claiming it for the patience, from
 * the first time on: a former leader that is frozen answers as well, until its kernel
 * removes the address. Thread-safe.
 */
public final class PacketConflictProbe implements ConflictProbe {

	private static final int PROBES = 3;

	/**
	 * How long the thread waits at most before it looks whether it has been interrupted.
	 */
	private static final long SLICE_NANOS = Duration.ofMillis(20).toNanos();

	private final Duration patience;

	private final Ticker ticker;

	/**
	 * Creates a probe.
	 * @param patience for how long somebody has to claim an address until he counts; zero
	 * or more, and longer than the kernel's lateness of half a second
	 * @param ticker measures the wait
	 */
	public PacketConflictProbe(Duration patience, Ticker ticker) {
		this.patience = patience;
		this.ticker = ticker;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * An interface without a hardware address has no neighbours to ask. Somebody who
	 * answers is asked again, so that it blocks for twice the {@code wait} and the
	 * patience at most.
	 * @throws VirtualIpException also when the thread is interrupted, which stays so
	 */
	@Override
	public Map<InetAddress, MacAddress> holders(Link link, List<InetAddress> addresses, Duration wait) {
		MacAddress mac = link.mac();
		if (mac == null || addresses.isEmpty()) {
			return Map.of();
		}
		Suspects suspects = new Suspects(Set.copyOf(addresses), wait.toNanos(), this.patience.toNanos());
		long pause = Math.max(1, wait.toNanos() / PROBES);
		long start = this.ticker.nanoTime();
		try (ConflictListener listener = ConflictListener.openToAsk(link, mac, suspects.addresses())) {
			long asked = -pause;
			long passed = 0;
			while (suspects.undecided(passed)) {
				if (Thread.currentThread().isInterrupted()) {
					throw new VirtualIpException("Interrupted while asking on " + link.name() + " for " + addresses,
							null);
				}
				if (passed - asked >= pause) {
					listener.ask();
					asked = passed;
				}
				listener.await(Math.min(asked + pause - passed, SLICE_NANOS));
				passed = this.ticker.nanoTime() - start;
				for (Claim claim : listener.claims()) {
					suspects.hear(claim, passed);
				}
			}
			return suspects.macs();
		}
	}

	@Override
	public Claims listen(Link link, List<InetAddress> addresses) {
		MacAddress mac = link.mac();
		return (mac != null) ? ConflictListener.openToWatch(link, mac, addresses) : Claims.NONE;
	}

}
