package io.hacluster.vip.announce;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.hacluster.vip.MacAddress;

/**
 * A {@code struct sockaddr_ll} (<em>packet(7)</em>).
 *
 * @param protocol the EtherType
 * @param index the index of the interface
 * @param mac the other side's address; does not matter for {@code bind(2)}
 */
record LinkAddress(int protocol, int index, MacAddress mac) {

	static final int LENGTH = 20;

	static final int AF_PACKET = 17;

	private static final int MAC_OFFSET = 12;

	static MacAddress macIn(byte[] address) {
		byte[] mac = new byte[MacAddress.LENGTH];
		System.arraycopy(address, MAC_OFFSET, mac, 0, mac.length);
		return MacAddress.of(mac);
	}

	byte[] encode() {
		ByteBuffer bytes = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
		bytes.putShort((short) AF_PACKET);
		bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) this.protocol);
		bytes.order(ByteOrder.nativeOrder()).putInt(this.index);
		bytes.position(MAC_OFFSET - 1);
		bytes.put((byte) MacAddress.LENGTH).put(this.mac.bytes());
		return bytes.array();
	}

}
