package io.hacluster.replication.wal;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link WalEncoder}, {@link WalHeader} and {@link WalChecksum}.
 */
class WalEncoderTests {

	@TempDir
	private Path directory;

	/**
	 * SQLite must recover from our log what another log of its own held, in either byte
	 * order of the checksums.
	 */
	@ParameterizedTest
	@CsvSource({ "false,512", "true,512", "false,4096", "true,4096", "false,65536", "true,65536" })
	void encodeWhenSqliteOpensTheLogItReadsEveryRow(boolean bigEndian, int pageSize) throws Exception {
		Path copy = this.directory.resolve("copy.db");
		try (WalDatabase database = new WalDatabase(this.directory, pageSize);
				FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalHeader source = reader.header().orElseThrow();
			assertThat(source.pageSize()).isEqualTo(pageSize);
			for (int i = 0; i < 20; i++) {
				database.insert((i + 1) * 500);
			}
			WalBatch batch = reader.read(WalPosition.start(source), pageSize, Long.MAX_VALUE);
			Files.write(this.directory.resolve("copy.db-wal"), encode(reader, batch, bigEndian, pageSize));
			Files.copy(database.file(), copy);
		}
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
				Statement statement = connection.createStatement()) {
			assertThat(string(statement, "SELECT count(*) || ' ' || sum(length(v)) FROM t")).isEqualTo("20 105000");
			assertThat(string(statement, "PRAGMA integrity_check")).isEqualTo("ok");
		}
	}

	@Test
	void encodeGoesOnFromAPosition() {
		WalHeader header = WalHeader.create(true, 512, 0, 1, 2);
		ByteBuffer whole = ByteBuffer.allocate(3 * header.frameSize());
		ByteBuffer parts = ByteBuffer.allocate(3 * header.frameSize());
		WalEncoder encoder = new WalEncoder(header);
		byte[] page = new byte[1024];
		page[600] = 7;
		WalPosition position = WalPosition.start(header);
		for (int i = 1; i <= 3; i++) {
			encoder.encode(i, 3, page, i * 100, whole);
			WalEncoder other = new WalEncoder(header, position);
			other.encode(i, 3, page, i * 100, parts);
			position = other.position();
		}
		assertThat(parts).isEqualTo(whole);
		assertThat(position).isEqualTo(encoder.position());
		assertThat(position.offset()).isEqualTo(32 + 3 * 536);
	}

	@Test
	void createWhenPositionIsInAnotherLogThrows() {
		WalHeader header = WalHeader.create(false, 512, 0, 1, 2);
		WalPosition other = WalPosition.start(WalHeader.create(false, 512, 0, 2, 2));
		assertThatIllegalArgumentException().isThrownBy(() -> new WalEncoder(header, other));
	}

	@Test
	void headerDecodesWhatItEncoded() {
		for (boolean bigEndian : new boolean[] { false, true }) {
			WalHeader header = WalHeader.create(bigEndian, 65536, -1, -2, -3);
			assertThat(WalHeader.decode(header.encode())).contains(header);
			assertThat(header.frameSize()).isEqualTo(65560);
		}
	}

	@Test
	void headerWhenAnyBitIsFlippedIsNone() {
		byte[] bytes = WalHeader.create(false, 4096, 5, 6, 7).encode();
		for (int bit = 0; bit < bytes.length * 8; bit++) {
			byte[] changed = bytes.clone();
			changed[bit / 8] ^= (byte) (1 << (bit % 8));
			assertThat(WalHeader.decode(changed)).as("bit %d", bit).isEmpty();
		}
		assertThat(WalHeader.decode(new byte[32])).isEmpty();
	}

	@Test
	void headerWhenPageSizeIsNotOneOfSqlitesThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> WalHeader.create(false, 1000, 0, 0, 0));
	}

	@Test
	void checksumWhenLengthIsNotAMultipleOfEightThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new WalChecksum(true).update(new byte[20], 0, 12));
	}

	@Test
	void checksumAddsPairsOfWordsInTheGivenOrder() {
		byte[] bytes = { 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4 };
		WalChecksum big = new WalChecksum(true);
		big.update(bytes, 0, 16);
		assertThat(new int[] { big.first(), big.second() }).containsExactly(7, 14);
		WalChecksum little = new WalChecksum(false);
		little.update(bytes, 0, 16);
		assertThat(new int[] { little.first(), little.second() }).containsExactly(7 << 24, 14 << 24);
	}

	private static byte[] encode(WalReader reader, WalBatch batch, boolean bigEndian, int pageSize) throws Exception {
		WalHeader header = WalHeader.create(bigEndian, pageSize, 0, 11, 12);
		WalEncoder encoder = new WalEncoder(header);
		ByteBuffer log = ByteBuffer.allocate(32 + batch.pages().size() * header.frameSize()).put(header.encode());
		for (Map.Entry<Long, Long> page : batch.pages().entrySet()) {
			byte[] content = new byte[pageSize];
			reader.readPage(page.getValue(), ByteBuffer.wrap(content));
			boolean last = page.getKey().equals(batch.pages().lastKey());
			encoder.encode(page.getKey(), last ? batch.commit() : 0, content, 0, log);
		}
		assertThat(encoder.position().offset()).isEqualTo(log.position());
		return log.array();
	}

	private static String string(Statement statement, String sql) throws Exception {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
