package io.hacluster.replication.primary;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.replication.Writer;
import io.hacluster.replication.connection.WriterVersion;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.wal.WalBatch;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryEncoder}.
 */
class PrimaryEncoderTests {

	@TempDir
	private Path directory;

	/**
	 * Litestream #1199 and #1323: pages by which the database has grown, and that the
	 * frames of the batch lack, come from older frames or from the database file.
	 */
	@Test
	@LitestreamBug(5)
	void encodeWhenFramesLackPagesOfGrowthTakesThemFromTheDatabase() throws Exception {
		Path path = this.directory.resolve("data.db");
		try (Writer writer = new Writer().open(path)) {
			writer.sql("PRAGMA journal_mode=WAL");
			writer.sql("CREATE TABLE t(v)");
			writer.insert(5, 9000);
			writer.sql("PRAGMA wal_checkpoint(TRUNCATE)");
			writer.insert(5, 9000);
			try (PrimaryDatabase database = new PrimaryDatabase(path, new PrimaryDatabaseFile(path),
					Duration.ofSeconds(1))) {
				PrimaryWalState state = database.state();
				WalPosition start = WalPosition.start(database.walReader().header().orElseThrow());
				WalBatch whole = database.walReader().read(start, 4096, Long.MAX_VALUE);
				WalBatch last = new WalBatch(start, whole.end(), whole.commit(),
						new TreeMap<>(Map.of(whole.pages().firstKey(), whole.pages().get(whole.pages().firstKey()))), 1,
						1);
				PrimaryMark before = new PrimaryMark(1, start, 3);
				PrimaryBatch batch = new PrimaryBatch(before, new PrimaryMark(2, whole.end(), whole.commit()), last);
				PrimaryImage image = new PrimaryImage(database, database.newWalReader(), state);
				PrimaryEncoder encoder = new PrimaryEncoder(this.directory, 1 << 20, new Epoch(1),
						new WriterVersion(PrimaryFixture.NODE, path));
				try (LtxReader reader = new LtxReader(encoder.encode(database, batch, Instant.EPOCH).openStream())) {
					byte[] expected = new byte[4096];
					long pages = 0;
					while (reader.next()) {
						image.readPage(reader.pgno(), expected);
						assertThat(reader.page()).isEqualTo(expected);
						pages += (reader.pgno() > 3) ? 1 : 0;
					}
					assertThat(reader.header().commit()).isGreaterThan(20);
					assertThat(pages).isEqualTo(reader.header().commit() - 3);
				}
			}
		}
	}

}
