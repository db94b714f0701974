package io.hacluster.vip;

import java.util.HexFormat;

/**
 * The hardware address of an Ethernet interface (EUI-48).
 *
 * @param value its 48 bits, the first byte on the wire highest
 */
public record MacAddress(long value) {

	/**
	 * Number of bytes of an address.
	 */
	public static final int LENGTH = 6;

	private static final HexFormat TEXT = HexFormat.ofDelimiter(":");

	public MacAddress {
		if (value < 0 || value >>> (Byte.SIZE * LENGTH) != 0) {
			throw new IllegalArgumentException("'value' must have 48 bits");
		}
	}

	/**
	 * Creates an address.
	 * @param bytes six bytes in the order of the wire
	 * @return the address
	 */
	public static MacAddress of(byte[] bytes) {
		if (bytes.length != LENGTH) {
			throw new IllegalArgumentException("'bytes' must be 6 bytes, and are " + bytes.length);
		}
		long value = 0;
		for (byte each : bytes) {
			value = (value << Byte.SIZE) | (each & 0xff);
		}
		return new MacAddress(value);
	}

	/**
	 * Returns the address as it is sent.
	 * @return six bytes in the order of the wire
	 */
	public byte[] bytes() {
		byte[] bytes = new byte[LENGTH];
		for (int i = 0; i < LENGTH; i++) {
			bytes[i] = (byte) (this.value >>> (Byte.SIZE * (LENGTH - 1 - i)));
		}
		return bytes;
	}

	/**
	 * Returns the address as tools show it.
	 * @return six bytes in hexadecimal with colons between them
	 */
	@Override
	public String toString() {
		return TEXT.formatHex(bytes());
	}

}
