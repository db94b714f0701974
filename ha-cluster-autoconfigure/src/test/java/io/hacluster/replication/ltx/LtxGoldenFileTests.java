package io.hacluster.replication.ltx;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests against the known file that the public Litestream 0.5.17 reads.
 */
class LtxGoldenFileTests {

	private static final String SHA_256 = "4d73e0bcc546379de487f11a9f2c5d6748f1d08f833c1667d01c8f4af60d8f42";

	@Test
	void writerWhenGivenTheGoldenPageWritesTheGoldenFile() throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LtxWriter writer = new LtxWriter(out, LtxHeader.noChecksum(512, 1, 1, 1, 0), LtxGoldenFileTests::literals,
				null);
		writer.writePage(1, new byte[512], 0);
		LtxTrailer trailer = writer.finish();
		assertThat(trailer).isEqualTo(new LtxTrailer(0, 0xF2242803A45CA623L));
		assertThat(out.toByteArray()).isEqualTo(golden());
		assertThat(writer.size()).isEqualTo(660);
	}

	@Test
	void goldenFileHasTheKnownDigest() throws Exception {
		byte[] digest = MessageDigest.getInstance("SHA-256").digest(golden());
		assertThat(HexFormat.of().formatHex(digest)).isEqualTo(SHA_256);
	}

	@Test
	void readerWhenGivenTheGoldenFileReadsTheGoldenPage() throws IOException {
		try (LtxReader reader = new LtxReader(new ByteArrayInputStream(golden()))) {
			assertThat(reader.header()).isEqualTo(LtxHeader.noChecksum(512, 1, 1, 1, 0));
			assertThat(reader.next()).isTrue();
			assertThat(reader.pgno()).isEqualTo(1);
			assertThat(reader.page()).isEqualTo(new byte[512]);
			assertThat(reader.next()).isFalse();
			assertThat(reader.trailer().fileChecksum()).isEqualTo(0xF2242803A45CA623L);
		}
	}

	static byte[] golden() {
		ByteBuffer file = ByteBuffer.allocate(660);
		file.put("LTX1".getBytes()).putInt(2).putInt(512).putInt(1).putLong(1).putLong(1);
		file.position(100).putInt(1).putShort((short) 1).putInt(515).put(new byte[] { (byte) 0xF0, -1, (byte) 0xF2 });
		file.position(file.position() + 512 + 6).put(HexFormat.of().parseHex("01648D0400")).putLong(5);
		file.putLong(0).putLong(0xF2242803A45CA623L);
		assertThat(file.hasRemaining()).isFalse();
		return file.array();
	}

	private static int literals(byte[] source, int offset, int length, byte[] target, int targetOffset, int space) {
		ByteBuffer block = ByteBuffer.wrap(target, targetOffset, space);
		block.put((byte) 0xF0);
		int rest = length - 15;
		for (; rest >= 255; rest -= 255) {
			block.put((byte) 255);
		}
		block.put((byte) rest).put(source, offset, length);
		return block.position() - targetOffset;
	}

}
