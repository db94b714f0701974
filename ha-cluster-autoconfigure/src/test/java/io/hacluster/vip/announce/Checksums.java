package io.hacluster.vip.announce;

import java.nio.ByteBuffer;

/**
 * The checksum of ICMPv6, written from the standard a second time (RFC 1071, RFC 8200).
 */
final class Checksums {

	private Checksums() {
	}

	/**
	 * Gives a damaged packet the right checksum, so that it gets past that test.
	 * @param packet an IPv6 packet, changed
	 * @return the packet
	 */
	static byte[] repair(byte[] packet) {
		if (packet.length < 44) {
			return packet;
		}
		int length = Math.min(((packet[4] & 0xFF) << 8 | packet[5] & 0xFF), packet.length - 40);
		packet[42] = 0;
		packet[43] = 0;
		ByteBuffer pseudo = ByteBuffer.allocate(40 + length + length % 2);
		pseudo.put(packet, 8, 32).putInt(length).putInt(58).put(packet, 40, length).rewind();
		int sum = 0;
		while (pseudo.hasRemaining()) {
			sum += pseudo.getShort() & 0xFFFF;
			sum = (sum & 0xFFFF) + (sum >>> 16);
		}
		packet[42] = (byte) (~sum >> 8);
		packet[43] = (byte) ~sum;
		return packet;
	}

}
