package io.hacluster.test;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;

/**
 * Damages inputs in the ways that disks, networks and other programs do, and looks at
 * what a parser allocates over them. Counts the inputs. Not thread-safe.
 */
public final class Fuzz {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final long[] NUMBERS = { 0, 1, -1, 2, 9, 511, 512, 513, 65535, 65536, 65537, Integer.MAX_VALUE,
			Integer.MIN_VALUE, 0xFFFFFFFFL, 0x40000000L / 512 + 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40 };

	private final long baseBytes;

	private final long bytesPerByte;

	private long inputs;

	/**
	 * Sets the bound.
	 * @param baseBytes bytes that a parser may allocate for any input
	 * @param bytesPerByte bytes more for each byte of the input
	 */
	public Fuzz(long baseBytes, long bytesPerByte) {
		this.baseBytes = baseBytes;
		this.bytesPerByte = bytesPerByte;
	}

	/**
	 * Returns how many inputs have been parsed.
	 * @return the number
	 */
	public long inputs() {
		return this.inputs;
	}

	/**
	 * Parses an input.
	 * @param input the input
	 * @param parser what to do with it
	 * @return what the parser returns
	 * @throws AssertionError if it has allocated more than it may
	 */
	public <T> T parse(byte[] input, Parser<T> parser) throws Exception {
		this.inputs++;
		long before = THREADS.getCurrentThreadAllocatedBytes();
		try {
			return parser.parse(input);
		}
		finally {
			long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
			if (allocated > this.baseBytes + this.bytesPerByte * input.length) {
				throw new AssertionError(allocated + " bytes were allocated for an input of " + input.length);
			}
		}
	}

	/**
	 * Damages an input.
	 * @param input the input, not changed
	 * @param others what pieces may come from
	 * @param random decides
	 * @return the damaged input
	 */
	public static byte[] damage(byte[] input, List<byte[]> others, Random random) {
		byte[] result = input.clone();
		for (int i = 1 + random.nextInt(3); i > 0 && result.length > 0; i--) {
			result = damageOnce(result, others.get(random.nextInt(others.size())), random);
		}
		return result;
	}

	private static byte[] damageOnce(byte[] input, byte[] other, Random random) {
		int at = random.nextInt(input.length);
		int length = 1 + random.nextInt(Math.min(input.length - at, 1 << random.nextInt(12)));
		switch (random.nextInt(9)) {
			case 0:
				input[at] ^= (byte) (1 << random.nextInt(8));
				return input;
			case 1:
				return Arrays.copyOf(input, at);
			case 2:
				return number(input, at, random);
			case 3:
				byte[] garbage = new byte[length];
				random.nextBytes(garbage);
				System.arraycopy(garbage, 0, input, at, length);
				return input;
			case 4:
				return splice(input, at, at + length, new byte[0]);
			case 5:
				return splice(input, at, at, Arrays.copyOfRange(input, at, at + length));
			case 6:
				int from = random.nextInt(other.length);
				return splice(input, at, at + length,
						Arrays.copyOfRange(other, from, Math.min(other.length, from + length)));
			case 7:
				Arrays.fill(input, at, at + length, (byte) 0);
				return input;
			default:
				int to = random.nextInt(input.length - length + 1);
				System.arraycopy(input, at, input, to, length);
				return input;
		}
	}

	private static byte[] number(byte[] input, int at, Random random) {
		long number = NUMBERS[random.nextInt(NUMBERS.length)];
		int aligned = at & ~3;
		ByteBuffer buffer = ByteBuffer.wrap(input);
		if (random.nextBoolean() && aligned + Long.BYTES <= input.length) {
			buffer.putLong(aligned, number);
		}
		else if (aligned + Integer.BYTES <= input.length) {
			buffer.putInt(aligned, (int) number);
		}
		return input;
	}

	private static byte[] splice(byte[] input, int from, int to, byte[] piece) {
		return ByteBuffer.allocate(input.length - (to - from) + piece.length)
			.put(input, 0, from)
			.put(piece)
			.put(input, to, input.length - to)
			.array();
	}

	/**
	 * Reads an input.
	 */
	@FunctionalInterface
	public interface Parser<T> {

		T parse(byte[] input) throws Exception;

	}

}
