package io.hacluster.vip.announce;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

import io.hacluster.vip.MacAddress;

/**
 * A packet as it is handed to the kernel.
 *
 * @param protocol the EtherType
 * @param destination where the Ethernet header sends it
 * @param bytes what follows the Ethernet header
 */
record OutgoingPacket(int protocol, MacAddress destination, byte[] bytes) {

	static final int ARP = 0x0806;

	static final int IPV6 = 0x86DD;

	private static final MacAddress BROADCAST = new MacAddress(0xFFFF_FFFF_FFFFL);

	/**
	 * Makes what announces an address. IPv4 is announced in both forms, because some
	 * hosts and switches take only one of them.
	 * @param mac the interface that holds the address
	 * @param address the address
	 * @return the packets
	 */
	static List<OutgoingPacket> announcement(MacAddress mac, InetAddress address) {
		if (address instanceof Inet4Address ipv4) {
			return List.of(of(ArpPacket.announcement(mac, ipv4)), of(ArpPacket.unsolicitedReply(mac, ipv4)));
		}
		return List.of(of(NeighborPacket.advertisement(mac, (Inet6Address) address)));
	}

	/**
	 * Makes the question whether somebody has an address.
	 * @param mac the interface that asks
	 * @param address the address
	 * @return the packet
	 */
	static OutgoingPacket probe(MacAddress mac, InetAddress address) {
		return (address instanceof Inet4Address ipv4) ? of(ArpPacket.probe(mac, ipv4))
				: of(NeighborPacket.probe((Inet6Address) address));
	}

	private static OutgoingPacket of(ArpPacket packet) {
		return new OutgoingPacket(ARP, BROADCAST, packet.encode());
	}

	private static OutgoingPacket of(NeighborPacket packet) {
		return new OutgoingPacket(IPV6, NeighborPacket.macOf(packet.destination()), packet.encode());
	}

}
