package io.hacluster.replication.primary;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.Epoch;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.RestoredDatabase;
import io.hacluster.replication.Writer;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.wal.WalBatch;
import io.hacluster.replication.wal.WalEncoder;
import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What went wrong in Litestream and must not go wrong in a {@link Primary}.
 */
class PrimaryRegressionTests extends AbstractPrimaryTests {

	private static final int PAGE = 4096;

	/**
	 * Litestream #1199 and #1323: a transaction makes the database grow by pages of which
	 * the write-ahead log holds no frame. They are taken from the database file.
	 */
	@Test
	@LitestreamBug(5)
	void growthByPagesThatTheWalLacksShipsThem() throws Exception {
		start(1000, MAX_WAL);
		writer.insert(5, 3000);
		this.fixture.awaitLevel();
		long shipped = this.fixture.lastTxid();
		this.fixture.primary.stopLoop(Duration.ofSeconds(5));
		writer.closeDatabase();
		try (Writer victim = new Writer().open(this.fixture.database)) {
			victim.insert(1, 10);
			victim.kill();
		}
		assertThat(this.fixture.primary.release().shipped()).isFalse();
		long pages = commitWithGrowth(3);
		this.fixture.restart(PrimaryPosition.shipped(shipped));
		this.fixture.awaitLevel();
		assertThat(status().snapshots()).isZero();
		Map<Long, byte[]> last = pagesAfter(shipped);
		assertThat(last).containsKeys(pages + 1, pages + 2, pages + 3);
		assertThat(last.get(pages + 2)).containsOnly(0xAB);
	}

	/**
	 * Appends a transaction to the write-ahead log as SQLite would, which has page 1
	 * alone and a greater database.
	 * @return pages of the database before
	 */
	private long commitWithGrowth(int by) throws IOException {
		Path wal = PrimaryDatabase.beside(this.fixture.database, "-wal");
		long pages;
		try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			WalReader reader = new WalReader(channel);
			WalHeader header = reader.header().orElseThrow();
			WalBatch batch = reader.read(WalPosition.start(header), PAGE, Long.MAX_VALUE);
			pages = batch.commit();
			byte[] first = new byte[PAGE];
			reader.readPage(batch.pages().get(1L), ByteBuffer.wrap(first));
			ByteBuffer.wrap(first).putInt(28, (int) pages + by);
			ByteBuffer frame = ByteBuffer.allocate(header.frameSize());
			new WalEncoder(header, batch.end()).encode(1, pages + by, first, 0, frame);
			channel.write(frame.flip(), batch.end().offset());
		}
		byte[] content = new byte[PAGE];
		Arrays.fill(content, (byte) 0xAB);
		try (RandomAccessFile file = new RandomAccessFile(this.fixture.database.toFile(), "rw")) {
			file.seek((pages + 1) * PAGE);
			file.write(content);
		}
		Files.deleteIfExists(PrimaryDatabase.beside(this.fixture.database, "-shm"));
		return pages;
	}

	private Map<Long, byte[]> pagesAfter(long txid) throws IOException {
		Map<Long, byte[]> pages = new HashMap<>();
		for (LogEntry entry : this.fixture.batches()) {
			if (entry.name().minTxid() > txid) {
				try (LtxReader reader = new LtxReader(this.fixture.store.open(entry))) {
					while (reader.next()) {
						pages.put(reader.pgno(), reader.page().clone());
					}
				}
			}
		}
		return pages;
	}

	/**
	 * Litestream #781: a database that has been restored is replicated on, without a full
	 * copy if its position is known, and with one that hides nothing of the log if not.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@LitestreamBug(8)
	void restoredDatabaseIsReplicatedOn(boolean known) throws Exception {
		start(1000, MAX_WAL);
		writer.insert(20, 3000);
		long txid = assertEndsEqual().txid();
		for (String suffix : new String[] { "", "-wal", "-shm" }) {
			Files.deleteIfExists(PrimaryDatabase.beside(this.fixture.database, suffix));
		}
		RestoredDatabase.restore(this.fixture.store, this.fixture.database, Long.MAX_VALUE);
		var before = this.fixture.store.list();
		this.fixture.restart(known ? PrimaryPosition.level(txid) : PrimaryPosition.unknown(txid));
		writer.open(this.fixture.database);
		writer.insert(5, 3000);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(known ? 0 : 1);
		assertThat(this.fixture.lastTxid()).isGreaterThan(txid);
		assertThat(this.fixture.store.list()).containsAll(before);
		assertEndsEqual();
	}

	/**
	 * Litestream #900: the last batch begins at byte 32, where there is no frame before
	 * it that could be compared.
	 */
	@Test
	@LitestreamBug(9)
	void restartWhenLastBatchBeginsAtByte32GoesOn() throws Exception {
		start(20, MAX_WAL);
		for (int i = 0; i < 100 && lastHeader().walOffset() != WalHeader.SIZE || this.fixture.lastTxid() == 1; i++) {
			long before = this.fixture.lastTxid();
			writer.insert(1, 30_000);
			Awaitility.await().until(() -> this.fixture.lastTxid() > before);
			this.fixture.awaitLevel();
		}
		assertThat(lastHeader().walOffset()).isEqualTo(WalHeader.SIZE);
		long txid = this.fixture.lastTxid();
		this.fixture.faulty.down = true;
		writer.insert(1, 10);
		assertThat(this.fixture.primary.release().shipped()).isFalse();
		this.fixture.faulty.down = false;
		this.fixture.restart(PrimaryPosition.shipped(txid));
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isZero();
		assertEndsEqual();
	}

	private LtxHeader lastHeader() throws IOException {
		this.fixture.awaitLevel();
		var batches = this.fixture.batches();
		try (LtxReader reader = new LtxReader(this.fixture.store.open(batches.get(batches.size() - 1)))) {
			return reader.header();
		}
	}

	/**
	 * Litestream #784: what is kept here for shipping goes as soon as it has been
	 * shipped, is bounded while it cannot be, and what a former process left goes too.
	 */
	@Test
	@LitestreamBug(13)
	void stagingHoldsNothingThatTheLogHasAcknowledged() throws Exception {
		this.fixture = new PrimaryFixture(this.directory);
		Path leftOver = Files.createFile(this.fixture.state.resolve("ship-1.ltx"));
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
		assertThat(leftOver).doesNotExist();
		writer.insert(4, 2 << 20);
		this.fixture.awaitLevel();
		assertThat(this.fixture.state).isEmptyDirectory();
		this.fixture.faulty.silent = true;
		writer.insert(10, 2 << 20);
		Awaitility.await().until(() -> status().pendingFrames() > 10 * 512);
		assertThat(this.fixture.state.toFile().list()).hasSizeLessThanOrEqualTo(this.fixture.settings.pipeline());
		this.fixture.primary.release();
		assertThat(this.fixture.state).isEmptyDirectory();
		writer.closeDatabase();
	}

	/**
	 * Litestream #1457: of two writers to one log the newer one alone gets into it.
	 */
	@Test
	@LitestreamBug(15)
	void secondLeaderTakesTheLogFromTheFirst() throws Exception {
		start(1000, MAX_WAL);
		writer.insert(5, 3000);
		this.fixture.awaitLevel();
		long txid = this.fixture.lastTxid();
		Path directory = Files.createDirectory(this.directory.resolve("second"));
		try (Writer second = new Writer();
				PrimaryFixture other = new PrimaryFixture(directory, (settings) -> settings, this.fixture.store)) {
			second.open(other.database);
			second.sql("PRAGMA journal_mode=WAL");
			second.sql("CREATE TABLE other(v)");
			other.epoch = new Epoch(2);
			other.primary.close();
			other.primary = other.create();
			other.start(PrimaryPosition.unknown(txid));
			for (int i = 0; i < 10; i++) {
				writer.insert(1, 3000);
				second.sql("INSERT INTO other VALUES (" + i + ")");
			}
			Awaitility.await().until(() -> this.fixture.fenced.get() != null);
			other.assertShipped();
			assertThat(other.restored()).contains("other").doesNotContain("t");
			assertThat(status().txid()).isEqualTo(txid);
		}
		writer.closeDatabase();
	}

}
