package io.hacluster.vip.announce;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.hacluster.vip.MacAddress;

/**
 * A packet of the address resolution protocol for IPv4 on Ethernet (RFC 826, RFC 5227).
 *
 * @param operation {@link #REQUEST} or {@link #REPLY}
 * @param senderMac who sends it
 * @param sender the address that the sender claims, {@link #NO_ADDRESS} in a probe
 * @param targetMac whom it is for, as far as it is known
 * @param target the address asked for
 */
record ArpPacket(int operation, MacAddress senderMac, Inet4Address sender, MacAddress targetMac, Inet4Address target) {

	static final int LENGTH = 28;

	static final int REQUEST = 1;

	static final int REPLY = 2;

	static final Inet4Address NO_ADDRESS = address(new byte[4]);

	private static final MacAddress UNKNOWN = new MacAddress(0);

	private static final short ETHERNET = 1;

	private static final short IPV4 = 0x0800;

	private static final int IPV4_LENGTH = 4;

	/**
	 * Makes the announcement of RFC 5227, section 2.3: a request for the sender's own
	 * address.
	 * @param mac the interface that holds the address
	 * @param address the address
	 * @return the packet, to be broadcast
	 */
	static ArpPacket announcement(MacAddress mac, Inet4Address address) {
		return new ArpPacket(REQUEST, mac, address, UNKNOWN, address);
	}

	/**
	 * Makes an announcement in the form of a reply that nobody asked for (RFC 5944,
	 * section 4.6), for hosts and switches that learn from replies only.
	 * @param mac the interface that holds the address
	 * @param address the address
	 * @return the packet, to be broadcast
	 */
	static ArpPacket unsolicitedReply(MacAddress mac, Inet4Address address) {
		return new ArpPacket(REPLY, mac, address, mac, address);
	}

	/**
	 * Makes the probe of RFC 5227, section 2.1.1. Because it claims no address, nobody
	 * changes what he knows.
	 * @param mac the interface that asks
	 * @param address the address
	 * @return the packet, to be broadcast
	 */
	static ArpPacket probe(MacAddress mac, Inet4Address address) {
		return new ArpPacket(REQUEST, mac, NO_ADDRESS, UNKNOWN, address);
	}

	/**
	 * Reads a packet.
	 * @param bytes what follows the Ethernet header; whatever follows the packet, most
	 * often padding, is ignored
	 * @return the packet or {@code null} if it is none of IPv4 on Ethernet
	 */
	static @Nullable ArpPacket decode(ByteBuffer bytes) {
		if (bytes.remaining() < LENGTH || bytes.getShort() != ETHERNET || bytes.getShort() != IPV4
				|| bytes.get() != MacAddress.LENGTH || bytes.get() != IPV4_LENGTH) {
			return null;
		}
		int operation = bytes.getShort();
		if (operation != REQUEST && operation != REPLY) {
			return null;
		}
		return new ArpPacket(operation, readMac(bytes), readAddress(bytes), readMac(bytes), readAddress(bytes));
	}

	byte[] encode() {
		ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
		bytes.putShort(ETHERNET).putShort(IPV4).put((byte) MacAddress.LENGTH).put((byte) IPV4_LENGTH);
		bytes.putShort((short) this.operation);
		bytes.put(this.senderMac.bytes());
		bytes.put(this.sender.getAddress());
		bytes.put(this.targetMac.bytes());
		bytes.put(this.target.getAddress());
		return bytes.array();
	}

	/**
	 * Tells which address the sender uses, or is about to take.
	 * @return the address of the sender or, of a probe, the one that it is for
	 */
	Inet4Address claimed() {
		boolean probe = this.operation == REQUEST && this.sender.equals(NO_ADDRESS);
		return probe ? this.target : this.sender;
	}

	private static MacAddress readMac(ByteBuffer bytes) {
		byte[] mac = new byte[MacAddress.LENGTH];
		bytes.get(mac);
		return MacAddress.of(mac);
	}

	private static Inet4Address readAddress(ByteBuffer bytes) {
		byte[] address = new byte[IPV4_LENGTH];
		bytes.get(address);
		return address(address);
	}

	private static Inet4Address address(byte[] bytes) {
		try {
			return (Inet4Address) InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

}
