package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.hacluster.vip.MacAddress;

/**
 * Somebody uses an address, or is about to take it.
 *
 * @param address the address
 * @param mac who he is
 */
record Claim(InetAddress address, MacAddress mac) {

	/**
	 * Reads a claim out of a packet.
	 * @param protocol its EtherType
	 * @param packet what follows the Ethernet header
	 * @param sender the source in the Ethernet header
	 * @return the claim or {@code null} if it makes none
	 */
	static @Nullable Claim in(int protocol, ByteBuffer packet, MacAddress sender) {
		return (protocol == OutgoingPacket.ARP) ? of(ArpPacket.decode(packet))
				: of(NeighborPacket.decode(packet), sender);
	}

	private static @Nullable Claim of(@Nullable ArpPacket packet) {
		return (packet != null) ? new Claim(packet.claimed(), packet.senderMac()) : null;
	}

	private static @Nullable Claim of(@Nullable NeighborPacket packet, MacAddress sender) {
		if (packet == null || packet.claimed() == null) {
			return null;
		}
		MacAddress told = packet.mac();
		return new Claim(packet.claimed(), (told != null) ? told : sender);
	}

}
