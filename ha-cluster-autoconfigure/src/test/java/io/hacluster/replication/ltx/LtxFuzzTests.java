package io.hacluster.replication.ltx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damages small files in every place: the answer is one {@link LtxFormatException} and
 * nothing else.
 */
class LtxFuzzTests {

	@Test
	void readWhenTruncatedAnywhereThrows() throws IOException {
		for (byte[] file : files()) {
			for (int length = 0; length < file.length; length++) {
				assertThat(read(Arrays.copyOf(file, length))).as("cut to %d of %d bytes", length, file.length).isNull();
			}
		}
	}

	/**
	 * A change within the compressed bytes may leave the pages as they were; the format
	 * does not checksum these bytes.
	 */
	@Test
	void readWhenAByteIsChangedThrowsOrReadsTheSamePages() throws IOException {
		Random random = new Random(3);
		for (byte[] file : files()) {
			Long pages = read(file);
			assertThat(pages).isNotNull();
			for (int position = 0; position < file.length; position++) {
				for (int i = 0; i < 12; i++) {
					byte[] changed = file.clone();
					changed[position] ^= (byte) ((i < 8) ? 1 << i : 1 + random.nextInt(255));
					assertThat(read(changed)).as("byte %d", position).isIn(null, pages);
				}
			}
		}
	}

	@Test
	void readWhenPiecesAreGarbageThrowsOrReadsTheSamePages() throws IOException {
		Random random = new Random(4);
		for (byte[] file : files()) {
			Long pages = read(file);
			for (int i = 0; i < 2000; i++) {
				byte[] changed = file.clone();
				int from = random.nextInt(file.length);
				for (int j = from; j < Math.min(file.length, from + 1 + random.nextInt(12)); j++) {
					changed[j] = (byte) random.nextInt();
				}
				assertThat(read(changed)).isIn(null, pages);
			}
		}
	}

	/**
	 * Returns a checksum of all pages, or {@code null} if the file is refused.
	 */
	private static Long read(byte[] file) throws IOException {
		Crc64 crc = new Crc64();
		try (LtxReader reader = new LtxReader(RawLtx.stream(file))) {
			while (reader.next()) {
				crc.update(new byte[] { (byte) reader.pgno() }, 0, 1);
				crc.update(reader.page(), 0, reader.page().length);
			}
			return crc.value();
		}
		catch (LtxFormatException ex) {
			assertThat(ex).hasMessageMatching("(?s).*(LTX).*");
			return null;
		}
	}

	private static List<byte[]> files() throws IOException {
		List<byte[]> files = new ArrayList<>();
		files.add(LtxGoldenFileTests.golden());
		byte[] random = new byte[512];
		new Random(2).nextBytes(random);
		byte[] text = "0123456789abcdef".repeat(32).getBytes();
		for (LtxHeader header : List.of(new LtxHeader(0, 512, 2, 1, 3, 1000, 0, 32, 536, 7, 8, 9),
				new LtxHeader(0, 512, 2, 4, 4, 1000, -1, 32, 536, 7, 8, 9), LtxHeader.noChecksum(512, 2, 4, 5, 1))) {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			LtxWriter writer = new LtxWriter(out, header);
			writer.writePage(1, text, 0);
			writer.writePage(2, random, 0);
			LtxTrailer trailer = (header.minTxid() == 4 && header.hasChecksum()) ? writer.finish(-2) : writer.finish();
			assertThat(trailer.fileChecksum()).isNegative();
			files.add(out.toByteArray());
		}
		RawLtx legacy = RawLtx.of(LtxHeader.noChecksum(512, 2, 1, 1, 0));
		files.add(legacy.legacy(1, LegacyPageTests.frame(text), text)
			.legacy(2, LegacyPageTests.frame(random), random)
			.end());
		return files;
	}

}
