package io.hacluster.replication.ltx;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The LZ4 library at its fastest: native where its library loads, otherwise Java. All of
 * it is stateless.
 */
final class Lz4 {

	static final LZ4Compressor COMPRESSOR;

	static final XXHash32 HASH;

	private static final LZ4SafeDecompressor DECOMPRESSOR;

	static {
		LZ4Factory factory = factory();
		COMPRESSOR = factory.fastCompressor();
		DECOMPRESSOR = factory.safeDecompressor();
		HASH = XXHashFactory.fastestJavaInstance().hash32();
	}

	private Lz4() {
	}

	/**
	 * Returns the length that a compressed block never exceeds.
	 * @param length bytes before compression
	 * @return bytes
	 */
	static int bound(int length) {
		return length + length / 255 + 16;
	}

	/**
	 * Decompresses a block.
	 * @return the number of bytes that it held, -1 if it is malformed or would hold more
	 * than {@code space}
	 */
	static int decompress(byte[] block, int length, byte[] target, int offset, int space) {
		try {
			return DECOMPRESSOR.decompress(block, 0, length, target, offset, space);
		}
		catch (LZ4Exception | IndexOutOfBoundsException ex) {
			return -1;
		}
	}

	private static LZ4Factory factory() {
		try {
			return LZ4Factory.nativeInstance();
		}
		catch (LinkageError | RuntimeException ex) {
			return LZ4Factory.fastestJavaInstance();
		}
	}

}
