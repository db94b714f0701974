package io.hacluster.replication.ltx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.hacluster.test.Fuzz;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damages files in every place and way: the answer is one {@link LtxFormatException} and
 * nothing else. Bounded are its time, and its memory: 1 MiB and 4 bytes for each byte of
 * the file, since the format's largest page is 64 KiB. At least 160,000 inputs; with
 * those of the write-ahead log more than 300,000.
 */
class LtxFuzzTests {

	private final Fuzz fuzz = new Fuzz(1 << 20, 4);

	/**
	 * Litestream #1431: a truncated index was none.
	 */
	@LitestreamBug(23)
	@Test
	void readWhenTruncatedAnywhereThrows() throws Exception {
		for (byte[] file : files()) {
			for (int length = 0; length < file.length; length++) {
				assertThat(read(Arrays.copyOf(file, length))).as("cut to %d of %d bytes", length, file.length).isNull();
			}
		}
		assertThat(this.fuzz.inputs()).isGreaterThan(6_000);
	}

	/**
	 * A change within the compressed bytes may leave the pages as they were; the format
	 * does not checksum these bytes.
	 */
	@Test
	void readWhenAByteIsChangedThrowsOrReadsTheSamePages() throws Exception {
		Random random = new Random(3);
		for (byte[] file : files()) {
			Long pages = read(file);
			assertThat(pages).isNotNull();
			for (int position = 0; position < file.length; position++) {
				for (int i = 0; i < 9; i++) {
					byte[] changed = file.clone();
					changed[position] ^= (byte) ((i < 8) ? 1 << i : 1 + random.nextInt(255));
					assertThat(read(changed)).as("byte %d", position).isIn(null, pages);
				}
			}
		}
		assertThat(this.fuzz.inputs()).isGreaterThan(60_000);
	}

	@Test
	void readWhenDamagedThrowsOrReadsTheSamePages() throws Exception {
		List<byte[]> files = files();
		Seeds.run(600, (random) -> {
			byte[] file = files.get(random.nextInt(files.size()));
			Long pages = read(file);
			for (int i = 0; i < 100; i++) {
				assertThat(read(Fuzz.damage(file, files, random))).isIn(null, pages);
			}
		});
		assertThat(this.fuzz.inputs()).isGreaterThanOrEqualTo(60_000);
	}

	/**
	 * The rules of the format are broken, but the checksums are right: what no accident
	 * makes, but a program with another idea of the format.
	 */
	@Test
	void readWhenRulesAreBrokenUnderRightChecksumsThrowsOrReadsPagesInOrder() throws Exception {
		int[] accepted = new int[1];
		Seeds.run(25_000, (random) -> {
			byte[] file = anyStructure(random);
			accepted[0] += (read(file) != null) ? 1 : 0;
		});
		assertThat(this.fuzz.inputs()).isGreaterThanOrEqualTo(25_000);
		assertThat(accepted[0]).as("some of them break no rule").isBetween(100, 20_000);
	}

	/**
	 * Reads what damaged files Litestream itself has written.
	 */
	@Test
	void readWhenALitestreamFileIsDamagedThrowsOrReadsTheSamePages() throws Exception {
		List<byte[]> files = litestreamFiles();
		Seeds.run(100, (random) -> {
			byte[] file = files.get(random.nextInt(files.size()));
			Long pages = read(file);
			assertThat(pages).isNotNull();
			for (int i = 0; i < 100; i++) {
				assertThat(read(Fuzz.damage(file, files, random))).isIn(null, pages);
			}
		});
		assertThat(this.fuzz.inputs()).isGreaterThanOrEqualTo(10_000);
	}

	/**
	 * Returns a checksum of all pages, or {@code null} if the file is refused.
	 */
	private @Nullable Long read(byte[] file) throws Exception {
		return this.fuzz.parse(file, LtxFuzzTests::checksum);
	}

	private static @Nullable Long checksum(byte[] file) throws IOException {
		Crc64 crc = new Crc64();
		long last = 0;
		try (LtxReader reader = new LtxReader(RawLtx.stream(file))) {
			while (reader.next()) {
				assertThat(reader.pgno() > last && reader.pgno() <= reader.header().commit()).isTrue();
				last = reader.pgno();
				crc.update(new byte[] { (byte) last }, 0, 1);
				crc.update(reader.page(), 0, reader.page().length);
			}
			return crc.value();
		}
		catch (LtxFormatException ex) {
			if (!ex.getMessage().contains("LTX")) {
				throw new AssertionError(ex);
			}
			return null;
		}
	}

	private static byte[] anyStructure(Random random) throws IOException {
		int pageSize = 512 << random.nextInt(random.nextInt(8) + 1);
		long commit = random.nextInt(5);
		long min = 1 + random.nextInt(2);
		RawLtx file = RawLtx.of(LtxHeader.noChecksum(pageSize, commit, min, min + random.nextInt(2), 0));
		int pages = random.nextInt(4);
		for (int i = 1; i <= pages; i++) {
			int pgno = (random.nextInt(8) == 0) ? random.nextInt(7) : i;
			byte[] page = RawLtx.page(pageSize, random.nextInt());
			byte[] odd = (random.nextInt(20) == 0) ? RawLtx.page(pageSize * 2, 1) : page;
			byte[] block = Lz4.COMPRESSOR.compress(odd);
			switch (random.nextInt(16)) {
				case 0 -> file.block(pgno, random.nextInt(4), block, page);
				case 1 -> file.block(pgno, 1, random.nextInt(3) * 70_000 - 1, block, page);
				case 2 -> file.block(pgno, 1, Arrays.copyOf(block, random.nextInt(block.length)), page);
				case 3, 4 -> file.legacy(pgno, LegacyPageTests.frame(odd), page);
				default -> file.page(pgno, page);
			}
		}
		if (random.nextInt(20) != 0) {
			file.endOfPages();
		}
		switch (random.nextInt(16)) {
			case 0 -> file.index(file.indexEntries(), random.nextLong());
			case 1 -> file.index(Fuzz.damage(new byte[12], List.of(new byte[9]), random), 13);
			case 2 -> file.index(new byte[0], 1);
			default -> file.index();
		}
		return file.trailer((random.nextInt(16) == 0) ? random.nextLong() : 0);
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
		for (byte[] first : List.of(text, new byte[512])) {
			RawLtx legacy = RawLtx.of(LtxHeader.noChecksum(512, 2, 1, 1, 0));
			files.add(legacy.legacy(1, LegacyPageTests.frame(first), first)
				.legacy(2, LegacyPageTests.frame(random), random)
				.end());
		}
		ByteArrayOutputStream many = new ByteArrayOutputStream();
		LtxWriter writer = new LtxWriter(many, LtxHeader.noChecksum(512, 200, 2, 9, 1));
		for (int pgno = 2; pgno <= 200; pgno += 2) {
			writer.writePage(pgno, new byte[512], 0);
		}
		writer.finish();
		files.add(many.toByteArray());
		return files;
	}

	private static List<byte[]> litestreamFiles() throws IOException {
		List<byte[]> files = new ArrayList<>();
		for (String version : List.of("0.5.6", "0.5.17")) {
			for (long txid = 1; txid <= 3; txid++) {
				String path = "litestream-" + version + "/" + LtxName.batch(txid).path();
				try (InputStream in = LtxFuzzTests.class.getResourceAsStream(path)) {
					files.add(in.readAllBytes());
				}
			}
		}
		return files;
	}

}
