package io.hacluster.vip.announce;

import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.hacluster.vip.MacAddress;

/**
 * A neighbour solicitation or advertisement (RFC 4861, sections 4.3 and 4.4) with the
 * IPv6 header before it.
 *
 * @param type {@link #SOLICITATION} or {@link #ADVERTISEMENT}
 * @param source the address of the sender, {@link #NO_ADDRESS} while it checks for
 * duplicates
 * @param destination whom it is for
 * @param flags what of {@link #OVERRIDE} and {@link #SOLICITED} an advertisement bears
 * @param target the address that it is about
 * @param mac the link-layer address that it tells or {@code null}
 */
record NeighborPacket(int type, Inet6Address source, Inet6Address destination, int flags, Inet6Address target,
		@Nullable MacAddress mac) {

	static final int SOLICITATION = 135;

	static final int ADVERTISEMENT = 136;

	static final int SOLICITED = 0x4000_0000;

	static final int OVERRIDE = 0x2000_0000;

	static final Inet6Address NO_ADDRESS = address(new byte[16]);

	/** All nodes of the link, {@code ff02::1}. */
	static final Inet6Address ALL_NODES = multicast(0, 0, 0, 1);

	/** Where the type of an ICMPv6 message is in a packet without extension headers. */
	static final int TYPE_OFFSET = 40;

	static final int NEXT_HEADER_OFFSET = 6;

	static final int ICMPV6 = 58;

	private static final int ADDRESS_LENGTH = 16;

	private static final int MESSAGE_LENGTH = 24;

	private static final int OPTION_LENGTH = 8;

	private static final int HOP_LIMIT = 255;

	private static final int CHECKSUM_OFFSET = TYPE_OFFSET + 2;

	private static final byte SOURCE_MAC = 1;

	private static final byte TARGET_MAC = 2;

	/**
	 * Makes the unsolicited advertisement of RFC 4861, section 7.2.6, that makes
	 * neighbours forget the link-layer address that they know.
	 * @param mac the interface that holds the address
	 * @param address the address
	 * @return the packet, for all nodes
	 */
	static NeighborPacket advertisement(MacAddress mac, Inet6Address address) {
		return new NeighborPacket(ADVERTISEMENT, address, ALL_NODES, OVERRIDE, address, mac);
	}

	/**
	 * Makes the solicitation by which RFC 4862, section 5.4.2, looks for duplicates.
	 * Because it comes from no address, nobody changes what he knows.
	 * @param address the address
	 * @return the packet, for the solicited-node group of the address
	 */
	static NeighborPacket probe(Inet6Address address) {
		return new NeighborPacket(SOLICITATION, NO_ADDRESS, solicitedNode(address), 0, address, null);
	}

	/**
	 * Reads a packet, and validates it as RFC 4861, sections 7.1.1 and 7.1.2, demand.
	 * @param bytes what follows the Ethernet header; whatever follows the packet is
	 * ignored
	 * @return the packet or {@code null} if it is neither of the two, or not valid
	 */
	static @Nullable NeighborPacket decode(ByteBuffer bytes) {
		ByteBuffer packet = bytes.slice();
		if (packet.remaining() < TYPE_OFFSET + MESSAGE_LENGTH || packet.get() >> 4 != 6) {
			return null;
		}
		int length = packet.getShort(4) & 0xFFFF;
		if (packet.get(NEXT_HEADER_OFFSET) != ICMPV6 || (packet.get(7) & 0xFF) != HOP_LIMIT || length < MESSAGE_LENGTH
				|| TYPE_OFFSET + length > packet.limit()) {
			return null;
		}
		packet.limit(TYPE_OFFSET + length);
		int type = packet.get(TYPE_OFFSET) & 0xFF;
		boolean known = type == SOLICITATION || type == ADVERTISEMENT;
		if (!known || packet.get(TYPE_OFFSET + 1) != 0 || checksum(packet) != 0) {
			return null;
		}
		packet.position(8);
		Inet6Address source = readAddress(packet);
		Inet6Address destination = readAddress(packet);
		int flags = packet.getInt(TYPE_OFFSET + 4);
		packet.position(TYPE_OFFSET + 8);
		Inet6Address target = readAddress(packet);
		boolean probe = type == SOLICITATION && source.equals(NO_ADDRESS);
		boolean answerToAll = type == ADVERTISEMENT && destination.isMulticastAddress() && (flags & SOLICITED) != 0;
		if (target.isMulticastAddress() || answerToAll || probe && !destination.equals(solicitedNode(target))) {
			return null;
		}
		Options options = Options.read(packet, (type == SOLICITATION) ? SOURCE_MAC : TARGET_MAC);
		if (!options.valid() || probe && options.mac() != null) {
			return null;
		}
		return new NeighborPacket(type, source, destination, flags, target, options.mac());
	}

	byte[] encode() {
		int length = MESSAGE_LENGTH + ((this.mac != null) ? OPTION_LENGTH : 0);
		ByteBuffer bytes = ByteBuffer.allocate(TYPE_OFFSET + length);
		bytes.putInt(6 << 28).putShort((short) length).put((byte) ICMPV6).put((byte) HOP_LIMIT);
		bytes.put(this.source.getAddress()).put(this.destination.getAddress());
		bytes.put((byte) this.type).put((byte) 0).putShort((short) 0).putInt(this.flags);
		bytes.put(this.target.getAddress());
		if (this.mac != null) {
			bytes.put((this.type == SOLICITATION) ? SOURCE_MAC : TARGET_MAC).put((byte) 1);
			bytes.put(this.mac.bytes());
		}
		bytes.putShort(CHECKSUM_OFFSET, (short) checksum(bytes.flip()));
		return bytes.array();
	}

	/**
	 * Tells which address the sender uses, or is about to take.
	 * @return the address, or {@code null} in a question by somebody who uses another one
	 */
	@Nullable Inet6Address claimed() {
		return (this.type == ADVERTISEMENT || this.source.equals(NO_ADDRESS)) ? this.target : null;
	}

	/**
	 * Returns the group in which an address is asked for (RFC 4291, section 2.7.1).
	 * @param address the address
	 * @return {@code ff02::1:ffXX:XXXX} with the last three bytes of the address
	 */
	static Inet6Address solicitedNode(Inet6Address address) {
		byte[] bytes = address.getAddress();
		return multicast(0x01, 0xFF, bytes[13], (bytes[14] & 0xFF) << Byte.SIZE | bytes[15] & 0xFF);
	}

	/**
	 * Returns the Ethernet address of a group (RFC 2464, section 7).
	 * @param group a multicast address
	 * @return {@code 33:33} and the last four bytes of the group
	 */
	static MacAddress macOf(Inet6Address group) {
		return new MacAddress(0x3333L << Integer.SIZE | ByteBuffer.wrap(group.getAddress()).getInt(12) & 0xFFFF_FFFFL);
	}

	/**
	 * Sums up a message and its pseudo-header (RFC 8200, section 8.1).
	 * @param packet the packet, from the IPv6 header to the end of the message
	 * @return the checksum, or 0 where the message bears the right one
	 */
	private static int checksum(ByteBuffer packet) {
		long sum = packet.limit() - TYPE_OFFSET + ICMPV6;
		for (int i = 8; i < packet.limit(); i += 2) {
			sum += (packet.get(i) & 0xFF) << Byte.SIZE | ((i + 1 < packet.limit()) ? packet.get(i + 1) & 0xFF : 0);
		}
		sum = (sum & 0xFFFF) + (sum >> Short.SIZE);
		sum = (sum & 0xFFFF) + (sum >> Short.SIZE);
		return (int) (~sum & 0xFFFF);
	}

	private static Inet6Address multicast(int byte11, int byte12, int byte13, int last) {
		ByteBuffer bytes = ByteBuffer.allocate(ADDRESS_LENGTH);
		bytes.put(0, (byte) 0xFF).put(1, (byte) 2).put(11, (byte) byte11).put(12, (byte) byte12);
		bytes.put(13, (byte) byte13).putShort(14, (short) last);
		return address(bytes.array());
	}

	private static Inet6Address readAddress(ByteBuffer bytes) {
		byte[] address = new byte[ADDRESS_LENGTH];
		bytes.get(address);
		return address(address);
	}

	private static Inet6Address address(byte[] bytes) {
		try {
			return Inet6Address.getByAddress(null, bytes, -1);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	/**
	 * The options of a message.
	 *
	 * @param valid whether all have a length
	 * @param mac the link-layer address among them or {@code null}
	 */
	private record Options(boolean valid, @Nullable MacAddress mac) {

		static Options read(ByteBuffer bytes, byte wanted) {
			MacAddress mac = null;
			while (bytes.remaining() >= OPTION_LENGTH) {
				int start = bytes.position();
				byte type = bytes.get();
				int length = (bytes.get() & 0xFF) * OPTION_LENGTH;
				if (length == 0 || start + length > bytes.limit()) {
					return new Options(false, null);
				}
				if (type == wanted && length == OPTION_LENGTH) {
					byte[] value = new byte[MacAddress.LENGTH];
					bytes.get(value);
					mac = MacAddress.of(value);
				}
				bytes.position(start + length);
			}
			return new Options(!bytes.hasRemaining(), mac);
		}

	}

}
