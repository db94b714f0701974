package io.hacluster.vip.announce;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.hacluster.vip.Claims;
import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;

/**
 * One check for conflicts: a socket for each kind of address, and who claims one of them.
 * Not thread-safe.
 */
final class ConflictListener implements Claims {

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
	 * Begins to listen for all who have, take or ask for an address.
	 * @param link the interface
	 * @param mac its hardware address
	 * @param addresses addresses that this host does not have
	 * @return the listener
	 */
	static ConflictListener openToAsk(Link link, MacAddress mac, List<InetAddress> addresses) {
		return open(new ConflictListener(link, mac, addresses), PacketFilter.arp(), PacketFilter.neighborDiscovery());
	}

	/**
	 * Begins to listen for those who claim an address, and to nothing else.
	 * @param link the interface
	 * @param mac its hardware address
	 * @param addresses addresses that this host has
	 * @return the listener
	 */
	static ConflictListener openToWatch(Link link, MacAddress mac, List<InetAddress> addresses) {
		return open(new ConflictListener(link, mac, addresses), PacketFilter.arpOf(addresses),
				PacketFilter.advertisementsOf(addresses));
	}

	private static ConflictListener open(ConflictListener listener, PacketFilter arp, PacketFilter ipv6) {
		try {
			listener.open(arp, ipv6);
			return listener;
		}
		catch (RuntimeException ex) {
			listener.close();
			throw ex;
		}
	}

	private void open(PacketFilter arp, PacketFilter ipv6) {
		for (InetAddress address : this.addresses) {
			if (address instanceof Inet6Address group) {
				socket(OutgoingPacket.IPV6, ipv6).join(this.link,
						NeighborPacket.macOf(NeighborPacket.solicitedNode(group)));
			}
			else {
				socket(OutgoingPacket.ARP, arp);
			}
		}
		LocalInterfaces interfaces = new LocalInterfaces();
		this.sockets.values()
			.stream()
			.limit(1)
			.forEach((socket) -> this.own.addAll(interfaces.macs(socket.descriptor())));
		this.sockets.forEach((protocol, socket) -> socket.listen(this.link, protocol));
	}

	private PacketSocket socket(int protocol, PacketFilter filter) {
		PacketSocket socket = this.sockets.get(protocol);
		if (socket == null) {
			socket = PacketSocket.open();
			this.sockets.put(protocol, socket);
			socket.attach(filter);
		}
		return socket;
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
	public Map<InetAddress, MacAddress> read() {
		Map<InetAddress, MacAddress> heard = new HashMap<>();
		for (Claim claim : claims()) {
			if (this.addresses.contains(claim.address())) {
				heard.put(claim.address(), claim.mac());
			}
		}
		return heard;
	}

	@Override
	public void close() {
		this.sockets.values().forEach(PacketSocket::close);
	}

}
