package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.HaClusterException;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.RestoredDatabase;
import io.hacluster.replication.Writer;
import io.hacluster.replication.wal.WalBatch;
import io.hacluster.replication.wal.WalEncoder;
import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Primary} with a writer in another process.
 */
class PrimaryTests extends AbstractPrimaryTests {

	@BeforeEach
	void createPrimary() throws IOException {
		this.fixture = new PrimaryFixture(this.directory);
	}

	@Test
	void startWhenLogIsEmptySeedsItAndShipsWhatFollows() throws Exception {
		createDatabase();
		writer.insert(10, 100);
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
		assertThat(this.fixture.store.list()).extracting((entry) -> entry.name().path())
			.containsExactly("ltx/0/0000000000000001-0000000000000001.ltx",
					"ltx/9/0000000000000001-0000000000000001.ltx");
		writer.insert(20, 3000);
		this.fixture.assertShipped();
		assertThat(this.fixture.lastTxid()).isGreaterThan(1);
		assertEndsEqual();
	}

	@Test
	void startWhenDatabaseAppearsLaterAwaitsAndShipsIt() throws Exception {
		this.fixture.start(PrimaryPosition.seed());
		Awaitility.await().until(() -> status().state() == ReplicationStatus.State.AWAITING_DATABASE);
		createDatabase();
		writer.insert(10, 100);
		this.fixture.primary.awaitDatabase(Duration.ofSeconds(10));
		this.fixture.assertShipped();
		assertThat(status().state()).isEqualTo(ReplicationStatus.State.SHIPPING);
		assertEndsEqual();
	}

	@Test
	void startWhenDatabaseIsNotInWalModeSaysSoAndGoesOnWhenItIs() throws Exception {
		writer.open(this.fixture.database);
		writer.sql("CREATE TABLE t(v)");
		this.fixture.start(PrimaryPosition.seed());
		Awaitility.await()
			.untilAsserted(() -> assertThat(status().failure()).contains(this.fixture.database.toString())
				.contains("PRAGMA journal_mode=WAL"));
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> this.fixture.primary.awaitDatabase(Duration.ofMillis(50)))
			.withMessageContaining("PRAGMA journal_mode=WAL");
		assertThat(writer.sql("PRAGMA journal_mode")).isEqualTo("delete;");
		writer.sql("PRAGMA journal_mode=WAL");
		writer.insert(3, 10);
		this.fixture.assertShipped();
		assertThat(status().failure()).isNull();
		writer.closeDatabase();
	}

	@Test
	void awaitDatabaseWhenItNeverAppearsNamesThePath() {
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> this.fixture.primary.awaitDatabase(Duration.ofMillis(50)))
			.withMessageContaining(this.fixture.database.toString());
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096, 65536 })
	void shipsEveryPageSize(int pageSize) throws Exception {
		writer.open(this.fixture.database);
		writer.sql("PRAGMA page_size=" + pageSize);
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(30, pageSize * 2);
		writer.sql("DELETE FROM t WHERE rowid % 3 = 0");
		writer.insert(5, 100);
		this.fixture.assertShipped();
		assertEndsEqual();
	}

	/**
	 * Litestream #875: pages beyond the new end must not be shipped.
	 */
	@Test
	@LitestreamBug(6)
	void shrinkByVacuumShipsTheSmallerDatabase() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(100, 5000);
		writer.sql("DELETE FROM t WHERE rowid > 5");
		writer.sql("VACUUM");
		writer.insert(2, 100);
		this.fixture.assertShipped();
		assertEndsEqual();
	}

	/**
	 * Litestream #875, in one batch and in the mode that shrinks with every commit.
	 */
	@Test
	@LitestreamBug(6)
	void shrinkByAutoVacuumShipsTheSmallerDatabase() throws Exception {
		writer.open(this.fixture.database);
		writer.sql("PRAGMA auto_vacuum=FULL");
		createDatabase();
		writer.insert(100, 5000);
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
		for (int i = 0; i < 5; i++) {
			writer.sql("DELETE FROM t WHERE rowid % 5 = " + i);
			writer.insert(20, 5000);
		}
		writer.sql("DELETE FROM t");
		this.fixture.assertShipped();
		assertEndsEqual();
	}

	@Test
	void transactionGreaterThanMemoryGoesThroughStagingFile() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
		writer.sql("BEGIN");
		writer.insert(40, 1 << 20);
		writer.sql("COMMIT");
		this.fixture.awaitLevel();
		assertThat(this.fixture.batches()).last()
			.satisfies((entry) -> assertThat(entry.size()).isGreaterThan(40 << 20));
		assertThat(this.fixture.state).isEmptyDirectory();
		assertEndsEqual();
	}

	/**
	 * Peer defect 3: torn or uncommitted frames are never shipped.
	 */
	@Test
	void uncommittedFramesAreNotShipped() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(1, 10);
		this.fixture.assertShipped();
		long before = this.fixture.lastTxid();
		writer.sql("PRAGMA cache_size=5");
		writer.sql("BEGIN");
		writer.insert(200, 4000);
		assertThat(PrimaryDatabase.beside(this.fixture.database, "-wal").toFile().length()).isGreaterThan(400_000);
		this.fixture.awaitLevel();
		assertThat(this.fixture.lastTxid()).isEqualTo(before);
		writer.sql("ROLLBACK");
		writer.insert(1, 10);
		this.fixture.assertShipped();
		assertThat(this.fixture.lastTxid()).isEqualTo(before + 1);
		assertEndsEqual();
	}

	@Test
	void writerKilledInTransactionLeavesNothingBehind() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.closeDatabase();
		for (int i = 0; i < 3; i++) {
			try (Writer victim = new Writer().open(this.fixture.database)) {
				victim.insert(5, 100);
				victim.sql("PRAGMA cache_size=5");
				victim.sql("BEGIN");
				victim.insert(100, 4000);
				victim.kill();
			}
			writer.open(this.fixture.database);
			writer.insert(3, 1000);
			this.fixture.assertShipped();
			writer.closeDatabase();
		}
		this.fixture.assertEndsEqual();
	}

	@Test
	void writerKilledWhileCommittingIsShippedAsSqliteSeesIt() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		for (int i = 0; i < 3; i++) {
			try (Writer victim = new Writer().open(this.fixture.database)) {
				victim.sql("PRAGMA synchronous=FULL");
				victim.begin("flat 5000 2000");
				Awaitility.await().until(() -> status().txid() > 3);
				victim.kill();
			}
			writer.insert(3, 1000);
			this.fixture.assertShipped();
		}
		assertEndsEqual();
	}

	/**
	 * A writer that dies between the last frame of a commit and the change of the
	 * wal-index leaves a commit behind that no SQLite ever sees, and that the next writer
	 * overwrites.
	 */
	@Test
	void commitThatSqliteDoesNotSeeIsNotShipped() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(3, 1000);
		this.fixture.awaitLevel();
		long before = this.fixture.lastTxid();
		Path wal = PrimaryDatabase.beside(this.fixture.database, "-wal");
		try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			WalReader reader = new WalReader(channel);
			WalHeader header = reader.header().orElseThrow();
			WalBatch batch = reader.read(WalPosition.start(header), header.pageSize(), Long.MAX_VALUE);
			ByteBuffer frame = ByteBuffer.allocate(header.frameSize());
			new WalEncoder(header, batch.end()).encode(2, batch.commit(), new byte[header.pageSize()], 0, frame);
			channel.write(frame.flip(), batch.end().offset());
		}
		Awaitility.await().during(Duration.ofMillis(300)).until(() -> status().txid() == before);
		writer.insert(3, 1000);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	/**
	 * Peer defect 16: what the backend writes while it closes is shipped.
	 */
	@Test
	void flushShipsWhatWasWrittenAfterTheLoopEnded() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
		this.fixture.primary.stopLoop(Duration.ofSeconds(5));
		long before = this.fixture.lastTxid();
		writer.insert(50, 1000);
		writer.sql("PRAGMA busy_timeout=50");
		writer.sql("PRAGMA wal_checkpoint(TRUNCATE)");
		writer.sql("PRAGMA busy_timeout=10000");
		writer.insert(5, 1000);
		writer.closeDatabase();
		assertThat(this.fixture.lastTxid()).isEqualTo(before);
		this.fixture.assertEndsEqual();
		assertThat(RestoredDatabase.dump(this.fixture.database)).hasSize(2 + 55);
	}

	@Test
	void flushKeepsWritersOutUntilRelease() throws Exception {
		createDatabase();
		writer.sql("PRAGMA busy_timeout=1");
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(1, 10);
		assertThat(this.fixture.primary.flush(Duration.ofSeconds(10))).isTrue();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> writer.insert(1, 10))
			.withMessageContaining("BUSY");
		this.fixture.assertEndsEqual();
		writer.insert(1, 10);
		writer.closeDatabase();
	}

	@Test
	void holdWhenLevelShipsOnlyWhatFollows() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(5, 5000);
		PrimaryEnd end = assertEndsEqual();
		this.fixture.primary = this.fixture.create();
		this.fixture.primary.hold(PrimaryPosition.level(end.txid()));
		writer.open(this.fixture.database);
		writer.insert(2000, 2000);
		writer.sql("PRAGMA busy_timeout=50");
		writer.sql("PRAGMA wal_checkpoint(TRUNCATE)");
		writer.sql("PRAGMA busy_timeout=10000");
		this.fixture.primary.start(this.fixture.faulty.fence(this.fixture.epoch, PrimaryFixture.NODE));
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isZero();
		assertThat(this.fixture.lastTxid()).isGreaterThan(end.txid());
		assertEndsEqual();
	}

	@Test
	void databaseReplacedByAnotherFileIsShippedAsFullCopy() throws Exception {
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		writer.insert(5, 5000);
		this.fixture.awaitLevel();
		writer.closeDatabase();
		for (String suffix : new String[] { "", "-wal", "-shm" }) {
			PrimaryDatabase.beside(this.fixture.database, suffix).toFile().delete();
		}
		writer.open(this.fixture.database);
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("CREATE TABLE other(v)");
		writer.sql("INSERT INTO other VALUES (1)");
		Awaitility.await().untilAsserted(this::assertShippedNow);
		assertEndsEqual();
	}

	private void assertShippedNow() throws IOException, SQLException {
		assertThat(this.fixture.restored()).isEqualTo(RestoredDatabase.dump(this.fixture.database)).contains("other");
	}

}
