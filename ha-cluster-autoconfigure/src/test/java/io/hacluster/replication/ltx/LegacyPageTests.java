package io.hacluster.replication.ltx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LegacyPage}, with frames written by the LZ4 library.
 */
class LegacyPageTests {

	private final byte[] page = "some text, some text ".repeat(30).substring(0, 512).getBytes();

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096, 65536 })
	void readWhenPageIsCompressibleOrNotReadsIt(int pageSize) throws IOException {
		byte[] random = new byte[pageSize];
		new Random(1).nextBytes(random);
		byte[] zeros = new byte[pageSize];
		RawLtx raw = RawLtx.of(LtxHeader.noChecksum(pageSize, 2, 1, 1, 0));
		byte[] file = raw.legacy(1, frame(random), random).legacy(2, frame(zeros), zeros).end();
		try (LtxReader reader = new LtxReader(RawLtx.stream(file))) {
			assertThat(reader.next()).isTrue();
			assertThat(reader.page()).isEqualTo(random);
			assertThat(reader.next()).isTrue();
			assertThat(reader.page()).isEqualTo(zeros);
			assertThat(reader.next()).isFalse();
		}
	}

	@Test
	void readWhenFileMixesBothFormsReadsThem() throws IOException {
		RawLtx raw = RawLtx.of(LtxHeader.noChecksum(512, 2, 1, 1, 0));
		byte[] file = raw.legacy(1, frame(this.page), this.page).page(2, this.page).end();
		assertThat(LtxReader.verify(RawLtx.stream(file)).commit()).isEqualTo(2);
	}

	@Test
	void readWhenFrameHasAllOptionsChecksThem() throws IOException {
		byte[] frame = frame(this.page, this.page.length, Bits.BLOCK_INDEPENDENCE, Bits.BLOCK_CHECKSUM,
				Bits.CONTENT_CHECKSUM, Bits.CONTENT_SIZE);
		assertThat(LtxReader.verify(RawLtx.stream(file(frame))).commit()).isEqualTo(1);
		for (int i = 0; i < frame.length; i++) {
			byte[] changed = frame.clone();
			changed[i] ^= 0x10;
			assertUnsound(changed, "LTX");
		}
	}

	@Test
	void readWhenMagicIsWrongThrows() throws IOException {
		byte[] frame = frame(this.page);
		frame[0]++;
		assertUnsound(frame, "frame begins at byte 106 does not begin with the LZ4 frame magic");
	}

	@Test
	void readWhenDescriptorIsUnsupportedThrows() throws IOException {
		byte[] frame = frame(this.page);
		frame[4] |= 1;
		assertUnsound(frame, "unsupported LZ4 frame descriptor");
	}

	@Test
	void readWhenHeaderChecksumIsWrongThrows() throws IOException {
		byte[] frame = frame(this.page);
		frame[6]++;
		assertUnsound(frame, "LZ4 header checksum");
	}

	@Test
	void readWhenContentChecksumIsWrongThrows() throws IOException {
		byte[] frame = frame(this.page);
		frame[frame.length - 1]++;
		assertUnsound(frame, "content checksum");
	}

	@Test
	void readWhenFrameDeclaresAnotherSizeThrows() throws IOException {
		byte[] less = Arrays.copyOf(this.page, 511);
		assertUnsound(frame(less, 511, Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_SIZE), "one page as its size");
	}

	@Test
	void readWhenFrameHoldsLessOrMoreThanAPageThrows() throws IOException {
		assertUnsound(frame(Arrays.copyOf(this.page, 511)), "holds 511 bytes instead of 512");
		assertUnsound(frame(Arrays.copyOf(this.page, 513)), "more than one page");
		assertUnsound(frame(new byte[0]), "holds 0 bytes");
	}

	@Test
	void readWhenBlockSizeIsHugeThrowsWithoutAllocatingIt() throws IOException {
		byte[] frame = frame(this.page);
		ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(7, 0x7FFFFFFF);
		assertUnsound(frame, "2147483647 bytes, too many");
		ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(7, 0x80000000 | 513);
		assertUnsound(frame, "513 bytes, too many");
	}

	@Test
	void readWhenBlocksNeverEndThrows() throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(frame(this.page), 0, 7);
		for (int i = 0; i < 1000; i++) {
			out.writeBytes(new byte[] { 1, 0, 0, 0, 0 });
		}
		assertUnsound(out.toByteArray(), "malformed LZ4 block");
	}

	static byte[] frame(byte[] content) throws IOException {
		return frame(content, -1, Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_CHECKSUM);
	}

	private static byte[] frame(byte[] content, long knownSize, Bits... bits) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (LZ4FrameOutputStream frame = new LZ4FrameOutputStream(out, BLOCKSIZE.SIZE_64KB, knownSize, bits)) {
			frame.write(content);
		}
		return out.toByteArray();
	}

	private byte[] file(byte[] frame) {
		return RawLtx.of(LtxHeader.noChecksum(512, 1, 1, 1, 0)).legacy(1, frame, this.page).end();
	}

	private void assertUnsound(byte[] frame, String message) {
		assertThatExceptionOfType(LtxFormatException.class)
			.isThrownBy(() -> LtxReader.verify(RawLtx.stream(file(frame))))
			.withMessageContaining(message);
	}

}
