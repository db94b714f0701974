package io.hacluster.samples.benchmarks;

import java.util.Random;

/**
 * Pages as a database has them: half of each could be compressed away.
 */
final class Pages {

	static final int SIZE = 4096;

	private Pages() {
	}

	static byte[][] create(int count) {
		Random random = new Random(1);
		byte[][] pages = new byte[count][SIZE];
		byte[] content = new byte[SIZE / 2];
		for (byte[] page : pages) {
			random.nextBytes(content);
			System.arraycopy(content, 0, page, SIZE / 2, content.length);
		}
		return pages;
	}

}
