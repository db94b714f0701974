package io.hacluster.replication.ltx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * CRC-64/GO-ISO: the ISO 3309 polynomial {@code x^64 + x^4 + x^3 + x + 1} reflected, with
 * initial value and final inversion all ones, as Go's {@code hash/crc64} computes it. Not
 * thread-safe.
 */
public final class Crc64 {

	private static final long POLYNOMIAL = 0xD800000000000000L;

	private static final int SLICES = 8;

	private static final long[][] TABLES = tables();

	private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private long state = -1L;

	/**
	 * Computes the checksum of a range in one call.
	 * @param bytes where the bytes are
	 * @param offset of the first byte
	 * @param length the number of bytes
	 * @return the checksum
	 */
	public static long of(byte[] bytes, int offset, int length) {
		Crc64 crc = new Crc64();
		crc.update(bytes, offset, length);
		return crc.value();
	}

	/**
	 * Adds bytes.
	 * @param bytes where they are
	 * @param offset of the first
	 * @param length how many, zero or more
	 */
	public void update(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		long crc = this.state;
		int position = offset;
		int end = offset + length;
		while (end - position >= SLICES) {
			crc ^= (long) WORD.get(bytes, position);
			crc = TABLES[7][(int) crc & 0xFF] ^ TABLES[6][(int) (crc >>> 8) & 0xFF]
					^ TABLES[5][(int) (crc >>> 16) & 0xFF] ^ TABLES[4][(int) (crc >>> 24) & 0xFF]
					^ TABLES[3][(int) (crc >>> 32) & 0xFF] ^ TABLES[2][(int) (crc >>> 40) & 0xFF]
					^ TABLES[1][(int) (crc >>> 48) & 0xFF] ^ TABLES[0][(int) (crc >>> 56)];
			position += SLICES;
		}
		while (position < end) {
			crc = TABLES[0][(int) (crc ^ bytes[position++]) & 0xFF] ^ (crc >>> 8);
		}
		this.state = crc;
	}

	/**
	 * Returns the checksum of what has been added so far.
	 * @return the checksum
	 */
	public long value() {
		return ~this.state;
	}

	private static long[][] tables() {
		long[][] tables = new long[SLICES][256];
		for (int i = 0; i < 256; i++) {
			long crc = i;
			for (int bit = 0; bit < 8; bit++) {
				crc = ((crc & 1) != 0) ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
			}
			tables[0][i] = crc;
		}
		for (int slice = 1; slice < SLICES; slice++) {
			for (int i = 0; i < 256; i++) {
				long previous = tables[slice - 1][i];
				tables[slice][i] = tables[0][(int) previous & 0xFF] ^ (previous >>> 8);
			}
		}
		return tables;
	}

}
