package io.hacluster.replication.wal;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WalReader} against logs that SQLite itself writes.
 */
class WalReaderTests {

	@TempDir
	private Path directory;

	@Test
	void readWhenCommitsFollowOneAnotherReadsWhatSqliteHolds() throws Exception {
		Path database = this.directory.resolve("x.db");
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode = WAL");
			statement.execute("PRAGMA wal_autocheckpoint = 0");
			statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)");
			Path wal = this.directory.resolve("x.db-wal");
			try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.READ)) {
				WalReader reader = new WalReader(channel);
				WalPosition position = WalPosition.start(reader.header().orElseThrow());
				byte[] image = new byte[0];
				for (int i = 0; i < 50; i++) {
					statement.execute("INSERT INTO t (v) VALUES (randomblob(" + (i * 100) + "))");
					WalBatch batch = reader.read(position, 4096, 1000);
					assertThat(batch.isEmpty()).isFalse();
					assertThat(batch.walSize()).isEqualTo(batch.frames() * 4120);
					image = java.util.Arrays.copyOf(image, (int) batch.commit() * 4096);
					for (Map.Entry<Long, Long> page : batch.pages().entrySet()) {
						reader.readPage(page.getValue(),
								ByteBuffer.wrap(image, (int) (page.getKey() - 1) * 4096, 4096));
					}
					position = batch.end();
				}
				assertThat(reader.read(position, 4096, 1000).isEmpty()).isTrue();
				try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
					assertThat(result.getInt(1)).isZero();
				}
				assertThat(Files.readAllBytes(database)).isEqualTo(image);
			}
		}
	}

}
