package io.hacluster.vip.announce;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;

/**
 * One check for conflicts: a socket for each kind of address, and who claims one of them.
 * Not thread-safe.
 */
final class ConflictListener implements AutoCloseable {

	/**
	 * How many packets are read from a socket before it is the other one's turn and the
	 * time is looked at.
	 */
	private static final int BURST = 64;

	private static final long NANOS_PER_MILLISECOND = 1_000_000;

	private final Link link;

	private final MacAddress mac;

	private final List<InetAddress> addresses;

	private final Set<MacAddress> own = new HashSet<>();

	private final Map<Integer, PacketSocket> sockets = new HashMap<>();

	private ConflictListener(Link link, MacAddress mac, List<InetAddress> addresses) {
		this.link = link;
		this.mac = mac;
		this.addresses = addresses;
		this.own.add(mac);
	}

	/**
	 * Begins to listen.
	 * @param link the interface
	 * @param mac its hardware address
	 * @param addresses what to listen for
	 * @return the listener
	 */
	static ConflictListener open(Link link, MacAddress mac, List<InetAddress> addresses) {
		ConflictListener listener = new ConflictListener(link, mac, addresses);
		try {
			listener.open();
			return listener;
		}
		catch (RuntimeException ex) {
			listener.close();
			throw ex;
		}
	}

	private void open() {
		if (this.addresses.stream().anyMatch(Inet4Address.class::isInstance)) {
			this.sockets.put(OutgoingPacket.ARP, PacketSocket.open());
		}
		List<Inet6Address> ipv6 = this.addresses.stream()
			.filter(Inet6Address.class::isInstance)
			.map(Inet6Address.class::cast)
			.toList();
		if (!ipv6.isEmpty()) {
			PacketSocket socket = PacketSocket.open();
			this.sockets.put(OutgoingPacket.IPV6, socket);
			socket.attach(PacketFilter.neighborDiscovery());
			ipv6.forEach(
					(address) -> socket.join(this.link, NeighborPacket.macOf(NeighborPacket.solicitedNode(address))));
		}
		LocalInterfaces interfaces = new LocalInterfaces();
		this.sockets.values()
			.stream()
			.limit(1)
			.forEach((socket) -> this.own.addAll(interfaces.macs(socket.descriptor())));
		this.sockets.forEach((protocol, socket) -> socket.listen(this.link, protocol));
	}

	/**
	 * Asks for each address.
	 */
	void ask() {
		for (InetAddress address : this.addresses) {
			OutgoingPacket probe = OutgoingPacket.probe(this.mac, address);
			PacketSocket socket = this.sockets.get(probe.protocol());
			if (socket != null) {
				socket.send(this.link, probe);
			}
		}
	}

	/**
	 * Waits until something has arrived.
	 * @param nanos how long at most, rounded up to milliseconds
	 */
	void await(long nanos) {
		PacketSocket.await(this.sockets.values(),
				(int) ((Math.max(0, nanos) + NANOS_PER_MILLISECOND - 1) / NANOS_PER_MILLISECOND));
	}

	/**
	 * Reads what has arrived.
	 * @return the claims by others than this host, to these and other addresses
	 */
	List<Claim> claims() {
		List<Claim> claims = new ArrayList<>();
		this.sockets.forEach((protocol, socket) -> {
			for (int i = 0; i < BURST; i++) {
				ByteBuffer packet = socket.receive();
				if (packet == null) {
					return;
				}
				Claim claim = Claim.in(protocol, packet, socket.sender());
				if (claim != null && !this.own.contains(claim.mac())) {
					claims.add(claim);
				}
			}
		});
		return claims;
	}

	@Override
	public void close() {
		this.sockets.values().forEach(PacketSocket::close);
	}

}
