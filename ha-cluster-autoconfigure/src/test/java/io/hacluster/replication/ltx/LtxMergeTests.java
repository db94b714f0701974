package io.hacluster.replication.ltx;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.HaClusterException;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LtxMerge}.
 */
class LtxMergeTests {

	private static final int PAGE_SIZE = 512;

	@TempDir
	Path directory;

	@Test
	void mergeTakesTheNewestPageAndTheHeaderOfLitestream() throws IOException {
		byte[] merged = merge(file(header(4, 5, 6, 1000).withWal(32, 100, 1, 2), Map.of(1L, 10, 3L, 30)),
				file(header(6, 7, 7, 2000).withNodeId(9), Map.of(3L, 31, 6L, 60)),
				file(header(5, 8, 9, 3000), Map.of(2L, 22)));
		try (LtxReader reader = read(merged)) {
			assertThat(reader.header()).isEqualTo(LtxHeader.noChecksum(PAGE_SIZE, 5, 5, 9, 3000));
			assertThat(pages(reader)).isEqualTo(Map.of(1L, 10, 2L, 22, 3L, 31));
			assertThat(reader.trailer().postApplyChecksum()).isZero();
		}
	}

	/**
	 * Litestream #875.
	 */
	@LitestreamBug(6)
	@Test
	void mergeWhenTheDatabaseShrinksDropsThePagesBeyondItsEnd() throws IOException {
		byte[] merged = merge(file(header(9, 2, 2, 0), Map.of(8L, 8, 9L, 9)), file(header(3, 3, 3, 0), Map.of(1L, 1)),
				file(header(8, 4, 4, 0), Map.of(8L, 88)));
		assertThat(pages(read(merged))).isEqualTo(Map.of(1L, 1, 8L, 88));
	}

	@Test
	void mergeWhenFilesOverlapIsAccepted() throws IOException {
		byte[] merged = merge(file(header(2, 2, 5, 0), Map.of(1L, 1)), file(header(2, 4, 7, 0), Map.of(1L, 2)));
		assertThat(pages(read(merged))).isEqualTo(Map.of(1L, 2));
	}

	@Test
	void mergeFromTheFirstTransactionIsASnapshot() throws IOException {
		byte[] merged = merge(file(header(2, 1, 1, 0), Map.of(1L, 1, 2L, 2)),
				file(header(3, 2, 2, 0), Map.of(2L, 20, 3L, 30)));
		assertThat(pages(read(merged))).isEqualTo(Map.of(1L, 1, 2L, 20, 3L, 30));
	}

	@Test
	void mergeDoesNotCompressAgain() throws IOException {
		byte[] page = RawLtx.page(PAGE_SIZE, 7);
		byte[] literals = new byte[3 + PAGE_SIZE];
		literals[0] = (byte) 0xF0;
		literals[1] = (byte) 0xFF;
		literals[2] = (byte) (PAGE_SIZE - 15 - 255);
		System.arraycopy(page, 0, literals, 3, PAGE_SIZE);
		byte[] stored = RawLtx.of(header(1, 2, 2, 0)).block(1, 1, literals, page).end();
		assertThat(merge(stored)).isEqualTo(stored);
	}

	@Test
	void mergeReadsPagesInTheOlderFormAndWritesThemInThePresentOne() throws IOException {
		byte[] page = RawLtx.page(PAGE_SIZE, 5);
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		try (LZ4FrameOutputStream out = new LZ4FrameOutputStream(frame, BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE,
				Bits.CONTENT_CHECKSUM)) {
			out.write(page);
		}
		byte[] legacy = RawLtx.of(header(2, 2, 2, 0)).legacy(2, frame.toByteArray(), page).end();
		byte[] merged = merge(legacy, file(header(2, 3, 3, 0), Map.of(1L, 1)));
		assertThat(pages(read(merged))).isEqualTo(Map.of(1L, 1, 2L, 5));
		assertThat(merged[100 + 5]).isEqualTo((byte) 1);
	}

	@Test
	void mergeWhenTransactionsAreMissingThrows() throws IOException {
		assertUnsound("does not follow", file(header(1, 2, 2, 0), Map.of()), file(header(1, 4, 4, 0), Map.of()));
		assertUnsound("does not follow", file(header(1, 2, 4, 0), Map.of()), file(header(1, 3, 4, 0), Map.of()));
	}

	@Test
	void mergeWhenPageSizesDifferThrows() throws IOException {
		assertUnsound("512 and 1024", file(header(1, 2, 2, 0), Map.of()),
				file(LtxHeader.noChecksum(1024, 1, 3, 3, 0), Map.of()));
	}

	/**
	 * Of whatever page the damage is, and also if none of that input's pages would be
	 * taken.
	 */
	@Test
	void mergeWhenAnInputIsDamagedThrows() throws IOException {
		byte[] newest = file(header(3, 3, 3, 0), Map.of(1L, 4, 2L, 5, 3L, 6));
		for (int position = 0; position < 100; position++) {
			byte[] damaged = file(header(3, 2, 2, 0), Map.of(1L, 1, 2L, 2, 3L, 3));
			int last = damaged.length - 1 - position;
			damaged[last] ^= 0x10;
			assertUnsound("", damaged, newest);
		}
		byte[] whole = file(header(3, 2, 2, 0), Map.of(1L, 1));
		byte[] cut = Arrays.copyOf(whole, whole.length - 1);
		assertUnsound("truncated", cut, newest);
	}

	@Test
	void mergeWhenToldToStopThrows() throws IOException {
		try (LtxMerge merge = new LtxMerge(List.of(read(file(header(1, 2, 2, 0), Map.of(1L, 1)))))) {
			assertThatExceptionOfType(HaClusterException.class)
				.isThrownBy(() -> merge.writeTo(new ByteArrayOutputStream(), this.directory, () -> true))
				.withMessageContaining("abandoned");
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	/**
	 * The index of 300,000 pages is about 3 MB long: it is not kept in memory, and is the
	 * same as ever.
	 */
	@Test
	void mergeOfManyPagesKeepsTheIndexInAFile() throws IOException {
		LtxHeader header = LtxHeader.noChecksum(PAGE_SIZE, 300_000, 1, 1, 0);
		byte[] page = new byte[PAGE_SIZE];
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (LtxWriter writer = new LtxWriter(out, header)) {
			for (long pgno = 1; pgno <= 300_000; pgno++) {
				writer.writePage(pgno, page, 0);
			}
			writer.finish();
		}
		ByteArrayOutputStream merged = new ByteArrayOutputStream();
		try (LtxMerge merge = new LtxMerge(List.of(read(out.toByteArray())))) {
			merge.writeTo(merged, this.directory, () -> false);
		}
		assertThat(Arrays.equals(merged.toByteArray(), out.toByteArray())).isTrue();
		assertThat(this.directory).isEmptyDirectory();
	}

	private void assertUnsound(String message, byte[]... files) {
		assertThatExceptionOfType(LtxFormatException.class).isThrownBy(() -> merge(files))
			.withMessageContaining(message);
		assertThat(this.directory).isEmptyDirectory();
	}

	private byte[] merge(byte[]... files) throws IOException {
		List<LtxReader> readers = new ArrayList<>();
		for (byte[] file : files) {
			readers.add(read(file));
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (LtxMerge merge = new LtxMerge(readers)) {
			assertThat(merge.writeTo(out, this.directory, () -> false)).isEqualTo(out.size());
		}
		return out.toByteArray();
	}

	private static LtxHeader header(long commit, long min, long max, long timestamp) {
		return LtxHeader.noChecksum(PAGE_SIZE, commit, min, max, timestamp);
	}

	private static LtxReader read(byte[] file) throws IOException {
		InputStream stream = new ByteArrayInputStream(file);
		return new LtxReader(stream);
	}

	private static byte[] file(LtxHeader header, Map<Long, Integer> pages) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (LtxWriter writer = new LtxWriter(out, header)) {
			for (Map.Entry<Long, Integer> page : new TreeMap<>(pages).entrySet()) {
				writer.writePage(page.getKey(), RawLtx.page(header.pageSize(), page.getValue()), 0);
			}
			writer.finish();
		}
		return out.toByteArray();
	}

	private static Map<Long, Integer> pages(LtxReader reader) throws IOException {
		Map<Long, Integer> pages = new TreeMap<>();
		while (reader.next()) {
			assertThat(reader.page()).containsOnly(reader.page()[0]);
			pages.put(reader.pgno(), (int) reader.page()[0]);
		}
		return pages;
	}

}
