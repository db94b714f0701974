package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.vip.Announcer;
import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;
import io.hacluster.vip.VirtualIpException;

/**
 * Announces addresses on packet sockets: IPv4 by ARP, as a request and as a reply (RFC
 * 5227, section 3, explains why the request should do; there are devices which it does
 * not reach), IPv6 by a neighbour advertisement that overrides (RFC 4861, section 7.2.6).
 * <p>
 * The socket is opened once and kept: to close one makes the kernel wait for all
 * processors, some ten milliseconds in the middle of a failover. It is bound to no
 * interface, so that an interface that has been removed and made anew needs nothing.
 * Thread-safe.
 */
public final class PacketAnnouncer implements Announcer, AutoCloseable {

	private @Nullable PacketSocket socket;

	@Override
	public synchronized void verify(Link link) {
		socket();
	}

	@Override
	public synchronized void announce(Link link, List<InetAddress> addresses) {
		MacAddress mac = link.mac();
		if (mac == null) {
			return;
		}
		PacketSocket opened = socket();
		VirtualIpException failure = null;
		for (InetAddress address : addresses) {
			for (OutgoingPacket packet : OutgoingPacket.announcement(mac, address)) {
				try {
					opened.send(link, packet);
				}
				catch (VirtualIpException ex) {
					failure = (failure != null) ? failure : ex;
				}
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	private PacketSocket socket() {
		PacketSocket opened = this.socket;
		if (opened == null) {
			opened = PacketSocket.open();
			this.socket = opened;
		}
		return opened;
	}

	/**
	 * Closes the socket; the next announcement would open another one.
	 */
	@Override
	public synchronized void close() {
		if (this.socket != null) {
			this.socket.close();
			this.socket = null;
		}
	}

}
