package io.hacluster.replication.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The cumulative checksum of SQLite's write-ahead log: two 32-bit sums over pairs of
 * 32-bit words, which are read in the byte order that the log's header names. Not
 * thread-safe.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#walcksm">Checksum Algorithm</a>
 */
public final class WalChecksum {

	private static final int PAIR = 8;

	private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

	private final boolean bigEndian;

	private int first;

	private int second;

	/**
	 * Creates a checksum of nothing.
	 * @param bigEndian the byte order of the words
	 */
	public WalChecksum(boolean bigEndian) {
		this.bigEndian = bigEndian;
	}

	/**
	 * Sets the sums, to go on from a known place.
	 * @param first the first sum
	 * @param second the second sum
	 */
	public void set(int first, int second) {
		this.first = first;
		this.second = second;
	}

	/**
	 * Adds bytes.
	 * @param bytes where they are
	 * @param offset of the first
	 * @param length how many, a multiple of 8
	 */
	public void update(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		if (length % PAIR != 0) {
			throw new IllegalArgumentException("'length' must be a multiple of 8, but was " + length);
		}
		if (this.bigEndian) {
			updateBig(bytes, offset, offset + length);
		}
		else {
			updateLittle(bytes, offset, offset + length);
		}
	}

	/**
	 * Returns the first sum.
	 * @return the sum
	 */
	public int first() {
		return this.first;
	}

	/**
	 * Returns the second sum.
	 * @return the sum
	 */
	public int second() {
		return this.second;
	}

	private void updateBig(byte[] bytes, int from, int to) {
		int s1 = this.first;
		int s2 = this.second;
		for (int i = from; i < to; i += PAIR) {
			s1 += (int) BIG.get(bytes, i) + s2;
			s2 += (int) BIG.get(bytes, i + 4) + s1;
		}
		set(s1, s2);
	}

	private void updateLittle(byte[] bytes, int from, int to) {
		int s1 = this.first;
		int s2 = this.second;
		for (int i = from; i < to; i += PAIR) {
			s1 += (int) LITTLE.get(bytes, i) + s2;
			s2 += (int) LITTLE.get(bytes, i + 4) + s1;
		}
		set(s1, s2);
	}

}
