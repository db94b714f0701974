package io.hacluster.replication.ltx;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import io.hacluster.test.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writes random files and reads them back: of all page sizes, sparse and dense, after
 * growth and shrink, around the lock page, with checksums and without.
 */
class LtxRoundTripTests {

	@Test
	void readerReadsWhatTheWriterWrote() {
		Seeds.run(500, (random) -> {
			LtxHeader header = header(random);
			Map<Long, byte[]> pages = pages(random, header);
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			LtxTrailer trailer = write(out, header, pages);
			try (LtxReader reader = new LtxReader(new ByteArrayInputStream(out.toByteArray()))) {
				assertThat(reader.header()).isEqualTo(header);
				for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
					assertThat(reader.next()).isTrue();
					assertThat(reader.pgno()).isEqualTo(page.getKey());
					assertThat(reader.page()).isEqualTo(page.getValue());
				}
				assertThat(reader.next()).isFalse();
				assertThat(reader.trailer()).isEqualTo(trailer);
			}
		});
	}

	@Test
	void indexPointsToTheFrames() throws IOException {
		Random random = new Random(7);
		LtxHeader header = LtxHeader.noChecksum(512, 400, 1, 1, 0);
		Map<Long, byte[]> pages = pages(random, header);
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		write(out, header, pages);
		ByteBuffer file = ByteBuffer.wrap(out.toByteArray());
		int end = file.limit() - LtxTrailer.SIZE - Long.BYTES;
		ByteBuffer index = file.duplicate().position(end - (int) file.getLong(end));
		for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
			assertThat(varint(index)).isEqualTo(page.getKey());
			int offset = (int) varint(index);
			int length = (int) varint(index);
			assertThat(file.getInt(offset)).isEqualTo(page.getKey().intValue());
			assertThat(file.getShort(offset + 4)).isEqualTo((short) 1);
			assertThat(file.getInt(offset + 6)).isEqualTo(length - 10);
		}
		assertThat(varint(index)).isZero();
		assertThat(index.position()).isEqualTo(end);
	}

	/**
	 * A database of more than 1 GiB: the lock page lies within it, and no file holds it.
	 */
	@Test
	void snapshotWhenDatabaseSpansTheLockPageLeavesItOut() throws IOException {
		LtxHeader header = LtxHeader.noChecksum(65536, 16387, 1, 1, 0);
		byte[] page = new byte[65536];
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LtxWriter writer = new LtxWriter(out, header);
		for (long pgno = 1; pgno <= 16387; pgno++) {
			if (pgno != header.lockPage()) {
				writer.writePage(pgno, page, 0);
			}
		}
		writer.finish();
		long last = 0;
		int count = 0;
		try (LtxReader reader = new LtxReader(new ByteArrayInputStream(out.toByteArray()))) {
			while (reader.next()) {
				last = reader.pgno();
				count++;
			}
		}
		assertThat(last).isEqualTo(16387);
		assertThat(count).isEqualTo(16386);
	}

	@Test
	void snapshotWhenDatabaseEndsWithTheLockPageIsComplete() throws IOException {
		PageOrder order = new PageOrder(LtxHeader.noChecksum(65536, 16385, 1, 1, 0));
		for (long pgno = 1; pgno < 16385; pgno++) {
			order.next(pgno, 0);
		}
		order.end(0);
	}

	private static LtxHeader header(Random random) {
		int pageSize = 512 << random.nextInt(8);
		boolean snapshot = random.nextBoolean();
		boolean checksum = random.nextBoolean();
		long min = snapshot ? 1 : 2 + random.nextInt(1000);
		long commit = snapshot ? random.nextInt(30)
				: (random.nextInt(3) == 0) ? LtxHeader.lockPage(pageSize) + random.nextInt(9) - 4 : random.nextInt();
		long preApply = (checksum && !snapshot) ? random.nextLong() | Long.MIN_VALUE : 0;
		long walOffset = 32 + random.nextInt(100000);
		return new LtxHeader(checksum ? 0 : 2, pageSize, commit & 0xFFFFFFFFL, min, min + random.nextInt(5),
				random.nextLong(), preApply, walOffset, random.nextInt(10000), random.nextInt(), random.nextInt(),
				random.nextLong());
	}

	private static Map<Long, byte[]> pages(Random random, LtxHeader header) {
		Map<Long, byte[]> pages = new TreeMap<>();
		if (header.isSnapshot()) {
			for (long pgno = 1; pgno <= header.commit(); pgno++) {
				pages.put(pgno, content(random, header.pageSize()));
			}
			return pages;
		}
		long range = random.nextBoolean() ? header.commit() : Math.min(header.commit(), 40);
		for (int i = random.nextInt(30); i > 0 && header.commit() > 0; i--) {
			long pgno = header.commit() - (random.nextLong() >>> 1) % range;
			if (pgno != header.lockPage()) {
				pages.put(pgno, content(random, header.pageSize()));
			}
		}
		return pages;
	}

	private static byte[] content(Random random, int pageSize) {
		byte[] content = new byte[pageSize];
		int kind = random.nextInt(3);
		if (kind == 1) {
			random.nextBytes(content);
		}
		for (int i = 0; kind == 2 && i < pageSize; i++) {
			content[i] = (byte) (random.nextInt(20) * random.nextInt(2));
		}
		return content;
	}

	private static LtxTrailer write(ByteArrayOutputStream out, LtxHeader header, Map<Long, byte[]> pages)
			throws IOException {
		try (LtxWriter writer = new LtxWriter(out, header)) {
			for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
				writer.writePage(page.getKey(), page.getValue(), 0);
			}
			boolean given = header.hasChecksum() && !header.isSnapshot();
			LtxTrailer trailer = given ? writer.finish(Long.MIN_VALUE | 99) : writer.finish();
			assertThat(writer.size()).isEqualTo(out.size());
			return trailer;
		}
	}

	private static long varint(ByteBuffer buffer) {
		long value = 0;
		for (int shift = 0;; shift += 7) {
			byte next = buffer.get();
			value |= (next & 0x7FL) << shift;
			if (next >= 0) {
				return value;
			}
		}
	}

}
