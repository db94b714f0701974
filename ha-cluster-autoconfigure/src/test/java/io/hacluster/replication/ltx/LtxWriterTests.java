package io.hacluster.replication.ltx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link LtxWriter}.
 */
class LtxWriterTests {

	private static final long CHECKSUM = 0x8000000000000123L;

	private final byte[] page = RawLtx.page(512, 'x');

	@Test
	void writePageWhenPageDoesNotAscendThrows() throws IOException {
		LtxWriter writer = writer(LtxHeader.noChecksum(512, 9, 2, 2, 0));
		writer.writePage(3, this.page, 0);
		assertRefused("page 3 at byte", "comes after page 3", () -> writer.writePage(3, this.page, 0));
		assertRefused("page 2 at byte", "comes after page 3", () -> writer.writePage(2, this.page, 0));
	}

	@Test
	void writePageWhenPageIsOutsideOfDatabaseThrows() throws IOException {
		LtxWriter writer = writer(LtxHeader.noChecksum(512, 9, 2, 2, 0));
		assertRefused("page 0", "outside", () -> writer.writePage(0, this.page, 0));
		assertRefused("page 10", "outside", () -> writer.writePage(10, this.page, 0));
	}

	@Test
	void writePageWhenPageIsTheLockPageThrows() throws IOException {
		LtxWriter writer = writer(LtxHeader.noChecksum(512, 3000000, 2, 2, 0));
		assertRefused("page 2097153", "lock page", () -> writer.writePage(2097153, this.page, 0));
		writer.writePage(2097154, this.page, 0);
	}

	@Test
	void writePageWhenSnapshotHasAGapThrows() throws IOException {
		LtxWriter writer = writer(LtxHeader.noChecksum(512, 9, 1, 2, 0));
		assertRefused("page 2", "must have page 1", () -> writer.writePage(2, this.page, 0));
		writer.writePage(1, this.page, 0);
		assertRefused("page 3", "must have page 2", () -> writer.writePage(3, this.page, 0));
	}

	@Test
	void finishWhenSnapshotIsIncompleteThrows() throws IOException {
		LtxWriter writer = writer(LtxHeader.noChecksum(512, 2, 1, 2, 0));
		writer.writePage(1, this.page, 0);
		assertRefused("incomplete", "before page 2 of 2", writer::finish);
	}

	@Test
	void finishWhenChecksumMustBeGivenThrows() throws IOException {
		LtxWriter writer = writer(new LtxHeader(0, 512, 2, 2, 2, 0, CHECKSUM, 0, 0, 0, 0, 0));
		assertThatIllegalStateException().isThrownBy(writer::finish);
		assertRefused("post-apply checksum", "does not fit", () -> writer.finish(1));
		assertThat(writer.finish(CHECKSUM).postApplyChecksum()).isEqualTo(CHECKSUM);
	}

	@Test
	void finishWhenChecksumIsNotAllowedThrows() throws IOException {
		LtxWriter writer = writer(LtxHeader.noChecksum(512, 2, 2, 2, 0));
		assertRefused("post-apply checksum", "does not fit", () -> writer.finish(CHECKSUM));
	}

	@Test
	void finishWhenSnapshotTracksChecksumsComputesItAndRefusesAnother() throws IOException {
		LtxWriter writer = writer(new LtxHeader(0, 512, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0));
		writer.writePage(1, this.page, 0);
		assertRefused("post-apply checksum", "does not fit", () -> writer.finish(CHECKSUM));
		DatabaseChecksum expected = new DatabaseChecksum(512);
		expected.toggle(1, this.page, 0);
		assertThat(writer.finish().postApplyChecksum()).isEqualTo(expected.value());
	}

	@Test
	void writeWhenFinishedThrows() throws IOException {
		LtxWriter writer = writer(LtxHeader.noChecksum(512, 2, 2, 2, 0));
		writer.finish();
		assertThatIllegalStateException().isThrownBy(writer::finish);
		assertThatIllegalStateException().isThrownBy(() -> writer.writePage(1, this.page, 0));
	}

	@Test
	void writePageWhenGivenABufferWritesTheSameAndMovesItsPosition() throws IOException {
		LtxHeader header = LtxHeader.noChecksum(512, 2, 2, 2, 0);
		ByteArrayOutputStream fromArray = new ByteArrayOutputStream();
		LtxWriter writer = new LtxWriter(fromArray, header);
		writer.writePage(2, this.page, 0);
		writer.finish();
		ByteArrayOutputStream fromBuffer = new ByteArrayOutputStream();
		writer = new LtxWriter(fromBuffer, header);
		ByteBuffer buffer = ByteBuffer.allocateDirect(600).position(44).put(this.page).position(44);
		writer.writePage(2, buffer);
		writer.finish();
		assertThat(buffer.position()).isEqualTo(556);
		assertThat(fromBuffer.toByteArray()).isEqualTo(fromArray.toByteArray());
	}

	@Test
	void writePageWhenTheStreamFailsPassesItsExceptionOn() throws IOException {
		OutputStream full = new OutputStream() {

			private int room = 100;

			@Override
			public void write(int value) throws IOException {
				if (this.room-- == 0) {
					throw new IOException("No space left on device");
				}
			}

		};
		try (LtxWriter writer = new LtxWriter(full, LtxHeader.noChecksum(512, 2, 2, 2, 0))) {
			assertThatIOException().isThrownBy(() -> writer.writePage(1, this.page, 0)).withMessageContaining("space");
		}
	}

	private static LtxWriter writer(LtxHeader header) throws IOException {
		return new LtxWriter(new ByteArrayOutputStream(), header);
	}

	private static void assertRefused(String first, String second, Action action) {
		assertThatExceptionOfType(LtxFormatException.class).isThrownBy(action::run)
			.withMessageContaining(first)
			.withMessageContaining(second);
	}

	private interface Action {

		void run() throws IOException;

	}

}
