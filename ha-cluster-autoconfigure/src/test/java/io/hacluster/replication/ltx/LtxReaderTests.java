package io.hacluster.replication.ltx;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link LtxReader}: one for each way in which a file can be wrong.
 */
class LtxReaderTests {

	private static final LtxHeader BATCH = LtxHeader.noChecksum(512, 20000, 2, 2, 0);

	private static final LtxHeader SNAPSHOT = LtxHeader.noChecksum(512, 2, 1, 2, 0);

	private final byte[] page = RawLtx.page(512, 'x');

	@Test
	void verifyWhenFileIsSoundReturnsHeader() throws IOException {
		assertThat(LtxReader.verify(RawLtx.stream(batch().end()))).isEqualTo(BATCH);
	}

	@Test
	void verifyWhenBatchHasNoPagesAcceptsIt() throws IOException {
		assertThat(LtxReader.verify(RawLtx.stream(RawLtx.of(BATCH).end()))).isEqualTo(BATCH);
	}

	@Test
	void verifyWhenStreamReturnsSingleBytesReadsTheSame() throws IOException {
		InputStream single = new ByteArrayInputStream(batch().end()) {

			@Override
			public int read(byte[] target, int offset, int length) {
				return super.read(target, offset, Math.min(length, 1));
			}

		};
		assertThat(LtxReader.verify(single)).isEqualTo(BATCH);
	}

	@Test
	void verifyWhenFileIsEmptyThrows() {
		assertUnsound(new byte[0], "truncated", "byte 0", "header");
	}

	@Test
	void verifyWhenMagicIsWrongThrows() {
		byte[] file = batch().end();
		file[0] = 'S';
		assertUnsound(file, "LTX1");
	}

	@Test
	void verifyWhenPageFlagsAreUnknownThrows() {
		assertUnsound(RawLtx.of(BATCH).block(1, 2, new byte[9], this.page).end(), "page flags 0x2 at byte 104");
	}

	@Test
	void verifyWhenPageNumberIsZeroWithFlagsThrows() {
		assertUnsound(RawLtx.of(BATCH).block(0, 1, new byte[9], this.page).end(), "page 0 at byte 100", "outside");
	}

	@Test
	void verifyWhenFileIsOfVersionTwoSaysSo() {
		byte[] file = new byte[200];
		System.arraycopy(BATCH.encode(), 0, file, 0, 100);
		System.arraycopy(new byte[] { 0, 0, 0, 1, 4, 0x22, 0x4D, 0x18 }, 0, file, 100, 8);
		assertUnsound(file, "versions 1 and 2", "not supported");
	}

	@Test
	void verifyWhenPageIsBeyondCommitThrows() {
		assertUnsound(RawLtx.of(SNAPSHOT).page(3, this.page).end(), "page 3", "outside of the database of 2 pages");
	}

	@Test
	void verifyWhenPagesDoNotAscendThrows() {
		assertUnsound(RawLtx.of(BATCH).page(5, this.page).page(5, this.page).end(), "page 5", "after page 5");
		assertUnsound(RawLtx.of(BATCH).page(5, this.page).page(4, this.page).end(), "page 4", "after page 5");
	}

	@Test
	void verifyWhenPageIsTheLockPageThrows() {
		byte[] large = RawLtx.page(65536, 1);
		LtxHeader header = LtxHeader.noChecksum(65536, 20000, 2, 2, 0);
		assertUnsound(RawLtx.of(header).page(16385, large).end(), "page 16385", "lock page");
	}

	@Test
	void verifyWhenSnapshotHasAGapThrows() {
		assertUnsound(RawLtx.of(SNAPSHOT).page(2, this.page).end(), "page 2", "must have page 1");
	}

	@Test
	void verifyWhenSnapshotEndsEarlyThrows() {
		assertUnsound(RawLtx.of(SNAPSHOT).page(1, this.page).end(), "incomplete", "before page 2 of 2");
	}

	@Test
	void verifyWhenCompressedLengthIsZeroThrows() {
		assertUnsound(RawLtx.of(BATCH).block(1, 1, new byte[0], this.page).end(), "compressed length 0 of page 1");
	}

	@Test
	void verifyWhenCompressedLengthIsHugeThrowsWithoutAllocatingIt() {
		assertUnsound(RawLtx.of(BATCH).block(1, 1, -1, new byte[9], this.page).end(), "length 4294967295 of page 1");
		assertUnsound(RawLtx.of(BATCH).block(1, 1, 531, new byte[531], this.page).end(), "length 531", "1 to 530");
	}

	@Test
	void verifyWhenBlockIsMalformedThrows() {
		assertUnsound(RawLtx.of(BATCH).block(1, 1, new byte[] { 0, 0, 0 }, this.page).end(),
				"page 1 at byte 100 is not an LZ4 block of 512 bytes");
	}

	@Test
	void verifyWhenBlockHoldsLessThanAPageThrows() {
		byte[] less = RawLtx.page(511, 'x');
		assertUnsound(RawLtx.of(BATCH).page(1, less).end(), "not an LZ4 block of 512 bytes");
	}

	@Test
	void verifyWhenBlockHoldsMoreThanAPageThrows() {
		byte[] more = RawLtx.page(513, 'x');
		assertUnsound(RawLtx.of(BATCH).page(1, more).end(), "not an LZ4 block of 512 bytes");
	}

	@Test
	void verifyWhenIndexEntryIsWrongThrows() {
		RawLtx raw = batch().endOfPages();
		byte[] entries = raw.indexEntries();
		entries[1]++;
		assertUnsound(raw.index(entries, entries.length + 1).trailer(0), "page index at byte", "differs");
	}

	@Test
	void verifyWhenIndexLacksAPageThrows() {
		assertUnsound(batch().endOfPages().index(new byte[0], 1).trailer(0), "page index at byte", "differs");
	}

	@Test
	void verifyWhenIndexLengthIsWrongThrows() {
		RawLtx raw = batch().endOfPages();
		byte[] entries = raw.indexEntries();
		assertUnsound(raw.index(entries, entries.length).trailer(0), "page index at byte", "differs");
	}

	@Test
	void verifyWhenIndexIsTruncatedThrows() {
		byte[] file = batch().end();
		assertUnsound(Arrays.copyOf(file, file.length - 25), "truncated", "page index");
	}

	@Test
	void verifyWhenTrailerIsTruncatedThrows() {
		byte[] file = batch().end();
		assertUnsound(Arrays.copyOf(file, file.length - 1), "truncated", "trailer");
	}

	@Test
	void verifyWhenContentIsNotThatOfTheChecksumThrows() {
		byte[] other = RawLtx.page(512, 'y');
		assertUnsound(RawLtx.of(BATCH).block(1, 1, Lz4.COMPRESSOR.compress(other), this.page).end(), "file checksum");
	}

	@Test
	void verifyWhenFileChecksumLacksItsFlagThrows() {
		byte[] file = batch().end();
		file[file.length - 8] &= 0x7F;
		assertUnsound(file, "file checksum");
	}

	@Test
	void verifyWhenBytesFollowThrows() {
		byte[] file = batch().end();
		assertUnsound(Arrays.copyOf(file, file.length + 1), "bytes after its end at byte " + file.length);
	}

	@Test
	void verifyWhenPostApplyChecksumIsNotAllowedThrows() {
		assertUnsound(batch().endOfPages().index().trailer(Long.MIN_VALUE), "post-apply", "not allowed");
	}

	@Test
	void verifyWhenPostApplyChecksumLacksItsFlagThrows() {
		LtxHeader header = new LtxHeader(0, 512, 20000, 2, 2, 0, Long.MIN_VALUE, 0, 0, 0, 0, 0);
		assertUnsound(RawLtx.of(header).endOfPages().index().trailer(1), "post-apply", "lacks bit 63");
	}

	@Test
	void verifyWhenPostApplyChecksumIsNotThatOfTheSnapshotThrows() {
		LtxHeader header = new LtxHeader(0, 512, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0);
		assertUnsound(RawLtx.of(header).page(1, this.page).endOfPages().index().trailer(Long.MIN_VALUE), "post-apply",
				"not that of the pages");
	}

	@Test
	void createWhenHeaderIsUnsoundClosesTheStream() {
		AtomicBoolean closed = new AtomicBoolean();
		InputStream in = new FilterInputStream(RawLtx.stream(new byte[100])) {

			@Override
			public void close() {
				closed.set(true);
			}

		};
		assertThatExceptionOfType(LtxFormatException.class).isThrownBy(() -> new LtxReader(in).close());
		assertThat(closed).isTrue();
	}

	@Test
	void nextWhenTheStreamFailsPassesItsExceptionOn() throws IOException {
		byte[] file = batch().end();
		InputStream in = new ByteArrayInputStream(file, 0, 150) {

			@Override
			public int read(byte[] target, int offset, int length) {
				int count = super.read(target, offset, length);
				if (count < 0) {
					throw new java.io.UncheckedIOException(new IOException("connection lost"));
				}
				return count;
			}

		};
		try (LtxReader reader = new LtxReader(in)) {
			assertThatExceptionOfType(java.io.UncheckedIOException.class).isThrownBy(() -> drain(reader));
			assertThatIllegalStateException().isThrownBy(reader::next);
		}
	}

	@Test
	void verifyWhenTheStreamThrowsDoesNotCallTheFileUnsound() {
		InputStream in = new InputStream() {

			@Override
			public int read() throws IOException {
				throw new IOException("connection lost");
			}

		};
		assertThatIOException().isThrownBy(() -> LtxReader.verify(in)).withMessage("connection lost");
	}

	@Test
	void nextWhenFileHasEndedStaysAtTheEnd() throws IOException {
		try (LtxReader reader = new LtxReader(RawLtx.stream(batch().end()))) {
			assertThatIllegalStateException().isThrownBy(reader::trailer);
			drain(reader);
			assertThat(reader.next()).isFalse();
			assertThat(reader.trailer().postApplyChecksum()).isZero();
		}
	}

	private RawLtx batch() {
		return RawLtx.of(BATCH).page(1, this.page).page(7, new byte[512]).page(20000, this.page);
	}

	private static void drain(LtxReader reader) throws IOException {
		while (reader.next()) {
			assertThat(reader.page()).hasSize(512);
		}
	}

	private static void assertUnsound(byte[] file, String... parts) {
		assertThatExceptionOfType(LtxFormatException.class).isThrownBy(() -> LtxReader.verify(RawLtx.stream(file)))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(parts));
	}

}
