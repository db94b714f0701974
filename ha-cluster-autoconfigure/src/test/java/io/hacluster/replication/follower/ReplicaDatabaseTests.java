package io.hacluster.replication.follower;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.Ticker;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.ltx.LtxReader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ReplicaDatabase}, its WAL writer and its wal-index, against real
 * SQLite readers.
 */
class ReplicaDatabaseTests {

	@TempDir
	Path directory;

	private SourceDatabase source;

	private ReplicaFile file;

	private ReplicaDatabase replica;

	@BeforeEach
	void setUp() throws Exception {
		open(4096);
	}

	private void open(int pageSize) throws Exception {
		closeAll();
		Files.deleteIfExists(this.directory.resolve("source.db"));
		this.source = new SourceDatabase(this.directory.resolve("source.db"), pageSize);
		this.source.capture();
		this.file = new ReplicaFile(this.directory.resolve("replica" + pageSize + ".db"));
		try (LtxReader reader = new LtxReader(new ByteArrayInputStream(this.source.snapshot()));
				OutputStream out = Files.newOutputStream(this.file.database())) {
			while (reader.next()) {
				out.write(reader.page());
			}
		}
		this.replica = ReplicaDatabase.open(this.file, Ticker.SYSTEM);
	}

	@AfterEach
	void closeAll() throws Exception {
		if (this.replica != null) {
			this.replica.close();
		}
		if (this.source != null) {
			this.source.close();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096, 65536 })
	void writeWhenManyTransactionsIsWhatSqliteReads(int pageSize) throws Exception {
		open(pageSize);
		for (int i = 0; i < 100; i++) {
			this.source.transfer(i);
			apply(this.source.capture());
			if (i % 30 == 29) {
				assertThat(this.replica.checkpoint()).isTrue();
			}
			assertSame();
		}
		assertThat(integrity()).isEqualTo("ok");
	}

	@Test
	void writeWhenBlocksOfTheIndexAreCrossedIsWhatSqliteReads() throws Exception {
		open(512);
		this.source.execute("CREATE TABLE big (n INTEGER PRIMARY KEY, v BLOB)");
		int frames = 0;
		while (frames < 3 * WalIndex.BLOCK_PAGES) {
			this.source.execute(
					"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<700) INSERT INTO big(v) SELECT randomblob(300) FROM c");
			apply(this.source.capture());
			assertSame();
			frames = this.replica.frames();
		}
		this.source.execute("DELETE FROM big WHERE n % 3 <> 0");
		apply(this.source.capture());
		this.source.execute("PRAGMA incremental_vacuum(100000)");
		apply(this.source.capture());
		assertThat(integrity()).isEqualTo("ok");
		assertThat(count("SELECT count(*) FROM big")).isEqualTo(this.source.query("SELECT count(*) FROM big"));
		assertThat(this.replica.checkpoint()).isTrue();
		assertThat(Files.size(this.file.database())).isEqualTo(this.source.query("PRAGMA page_count") * 512);
	}

	@Test
	void writeWhenTransactionIsAbandonedLeavesNothing() throws Exception {
		this.source.transfer(1);
		byte[] first = this.source.capture();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.replica.write(4096, (transaction) -> {
			for (int i = 1; i < 500; i++) {
				transaction.append(i, new byte[4096]);
			}
			throw new IOException("broken off");
		}));
		assertThat(integrity()).isEqualTo("ok");
		apply(first);
		assertSame();
		assertThat(integrity()).isEqualTo("ok");
	}

	@Test
	void readerWithLongSnapshotKeepsIt() throws Exception {
		this.source.transfer(0);
		apply(this.source.capture());
		try (Connection reader = connect(); Statement statement = reader.createStatement()) {
			statement.execute("BEGIN");
			long before = count(statement, "SELECT count(*) FROM entry");
			for (int i = 1; i < 200; i++) {
				this.source.transfer(i);
				apply(this.source.capture());
				if (i % 50 == 0) {
					assertThat(this.replica.checkpoint()).isFalse();
				}
			}
			assertThat(count(statement, "SELECT count(*) FROM entry")).isEqualTo(before);
			assertThat(count(statement, "SELECT sum(balance) FROM account")).isEqualTo(SourceDatabase.TOTAL);
			statement.execute("COMMIT");
			assertThat(count(statement, "SELECT count(*) FROM entry")).isEqualTo(200);
		}
		assertThat(this.replica.checkpoint()).isTrue();
		assertSame();
	}

	@Test
	void writeWhenReaderCheckpointsMeanwhileGoesOn() throws Exception {
		try (Connection other = connect(); Statement statement = other.createStatement()) {
			for (int i = 0; i < 100; i++) {
				this.source.transfer(i);
				apply(this.source.capture());
				statement.execute("PRAGMA wal_checkpoint("
						+ new String[] { "PASSIVE", "FULL", "RESTART", "TRUNCATE" }[i % 4] + ")");
				assertSame();
			}
		}
		assertThat(integrity()).isEqualTo("ok");
	}

	@Test
	void writeWhenStrangerHasWrittenFails() throws Exception {
		this.source.transfer(1);
		apply(this.source.capture());
		try (Connection other = connect(); Statement statement = other.createStatement()) {
			statement.execute("UPDATE account SET balance = 0");
		}
		this.source.transfer(2);
		byte[] next = this.source.capture();
		assertThatExceptionOfType(ReplicaChangedException.class).isThrownBy(() -> apply(next));
	}

	@Test
	void writeWhenStrangerHasWrittenAndCheckpointedFails() throws Exception {
		this.source.transfer(1);
		apply(this.source.capture());
		try (Connection other = connect(); Statement statement = other.createStatement()) {
			statement.execute("UPDATE account SET balance = 0");
			statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
		}
		this.source.transfer(2);
		byte[] next = this.source.capture();
		assertThatExceptionOfType(ReplicaChangedException.class).isThrownBy(() -> apply(next));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 100, WalIndex.FIRST_BLOCK_PAGES - 30, WalIndex.FIRST_BLOCK_PAGES + 30 })
	void writeWhenFormerWriterDiedBeforeTheHeaderGoesOn(int frames) throws Exception {
		for (int i = 0; i < 5; i++) {
			this.source.transfer(i);
			apply(this.source.capture());
		}
		// never closed: that would drop the locks of this process
		WalIndexFile shared = WalIndexFile.open(this.file.shared());
		WalIndex other = new WalIndex(shared);
		WalIndexHeader header = other.readHeader().orElseThrow();
		int[] pages = new Random(1).ints(frames, 1, 50).toArray();
		other.publish(header, header.maxFrame(), pages, frames);
		assertSame();
		for (int i = 5; i < 40; i++) {
			this.source.transfer(i);
			apply(this.source.capture());
			assertSame();
		}
		header = other.readHeader().orElseThrow();
		assertThat(usedSlots(shared, 0)).isEqualTo(Math.min(header.maxFrame(), WalIndex.FIRST_BLOCK_PAGES));
		assertThat(integrity()).isEqualTo("ok");
	}

	private static int usedSlots(WalIndexFile shared, int block) throws IOException {
		ByteBuffer table = shared.map((long) block * WalIndex.BLOCK_SIZE, WalIndex.BLOCK_SIZE);
		int used = 0;
		for (int offset = WalIndex.BLOCK_SIZE / 2; offset < WalIndex.BLOCK_SIZE; offset += Short.BYTES) {
			used += (table.getShort(offset) != 0) ? 1 : 0;
		}
		return used;
	}

	@Test
	void writeWhenFormerWriterDiedBetweenTheTwoHeadersGoesOn() throws Exception {
		this.source.transfer(1);
		apply(this.source.capture());
		WalIndexFile shared = WalIndexFile.open(this.file.shared());
		WalIndexHeader header = new WalIndex(shared).readHeader().orElseThrow();
		WalIndexHeader next = new WalIndexHeader(header.change() + 1, header.bigEndian(), header.pageSize(),
				header.maxFrame() + 3, header.pageCount(), 1, 2, header.salt1(), header.salt2());
		shared.map(0, WalIndex.BLOCK_SIZE).position(WalIndexHeader.SIZE).put(next.encode());
		this.source.transfer(2);
		apply(this.source.capture());
		assertSame();
		assertThat(integrity()).isEqualTo("ok");
	}

	@Test
	void copiesOfTheFilesTakenAtAnyMomentOfATransactionAreWhole() throws Exception {
		Random random = new Random(7);
		for (int i = 0; i < 60; i++) {
			this.source.transfer(i);
			byte[] ltx = this.source.capture();
			int stop = random.nextInt(8);
			apply(ltx, (appended) -> {
				if (appended == stop) {
					assertCopyIsWhole();
				}
			});
			assertCopyIsWhole();
			if (i % 20 == 19) {
				this.replica.checkpoint();
			}
		}
	}

	@Test
	void openWhenNotInWalModeFails() throws Exception {
		Path other = this.directory.resolve("other.db");
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE t (x)");
		}
		assertThatExceptionOfType(ReplicaChangedException.class)
			.isThrownBy(() -> ReplicaDatabase.open(new ReplicaFile(other), Ticker.SYSTEM))
			.withMessageContaining("WAL");
	}

	@Test
	void openWhenThisProcessStillHasItOpenUnderItsFormerNameSaysWhatToClose() throws Exception {
		Path former = this.directory.resolve("former.db");
		Path replica = this.directory.resolve("renamed.db");
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + former);
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			statement.execute("CREATE TABLE t (x)");
			statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
			Files.move(former, replica);
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> ReplicaDatabase.open(new ReplicaFile(replica), Ticker.SYSTEM))
				.withMessageContaining("@OnLeadershipLost");
		}
		ReplicaDatabase.open(new ReplicaFile(replica), Ticker.SYSTEM).close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096, 65536 })
	void readersInOtherProcessesNeverSeeATornState(int pageSize) throws Exception {
		open(pageSize);
		List<ReaderProcess> readers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			readers.add(ReaderProcess.start(this.file.database(), i));
		}
		Random random = new Random(42);
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
		int applied = 0;
		while (System.nanoTime() < end || applied <= 50 || readers.stream().anyMatch((reader) -> reader.reads() < 50)) {
			int batch = 1 + random.nextInt(3);
			for (int i = 0; i < batch; i++) {
				this.source.transfer(random.nextInt(100000));
			}
			apply(this.source.capture());
			applied++;
			if (random.nextInt(20) == 0) {
				this.replica.checkpoint();
			}
			assertThat(readers).allMatch(ReaderProcess::isAlive);
		}
		for (ReaderProcess reader : readers) {
			assertThat(reader.stop()).as("what reader saw").isEmpty();
		}
		assertThat(applied).isGreaterThan(20);
		assertSame();
		assertThat(integrity()).isEqualTo("ok");
	}

	private void assertCopyIsWhole() {
		try {
			Path copy = this.directory.resolve("copy.db");
			Files.copy(this.file.database(), copy, StandardCopyOption.REPLACE_EXISTING);
			Files.copy(this.file.log(), new ReplicaFile(copy).log(), StandardCopyOption.REPLACE_EXISTING);
			try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
					Statement statement = connection.createStatement()) {
				assertThat(count(statement, "SELECT sum(balance) FROM account")).isEqualTo(SourceDatabase.TOTAL);
				assertThat(count(statement, "SELECT count(*) FROM entry"))
					.isEqualTo(count("SELECT count(*) FROM entry"));
			}
		}
		catch (IOException | SQLException ex) {
			throw new AssertionError(ex);
		}
	}

	private void apply(byte[] ltx) throws IOException {
		apply(ltx, (appended) -> {
		});
	}

	private void apply(byte[] ltx, IntConsumer afterPage) throws IOException {
		try (LtxReader reader = new LtxReader(new ByteArrayInputStream(ltx))) {
			this.replica.write(reader.header().pageSize(), (transaction) -> {
				while (reader.next()) {
					transaction.append(reader.pgno(), reader.page());
					afterPage.accept(transaction.size());
				}
				transaction.commit(reader.header().commit());
			});
		}
	}

	private void assertSame() throws SQLException {
		String sql = "SELECT count(*) * 1000000 + coalesce(sum(length(filler)), 0) FROM entry";
		assertThat(count(sql)).isEqualTo(this.source.query(sql));
		assertThat(count("SELECT sum(balance) FROM account")).isEqualTo(SourceDatabase.TOTAL);
	}

	private long count(String sql) throws SQLException {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			return count(statement, sql);
		}
	}

	private static long count(Statement statement, String sql) throws SQLException {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

	private String integrity() throws SQLException {
		try (Connection connection = connect();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
			result.next();
			return result.getString(1);
		}
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection("jdbc:sqlite:" + this.file.database());
	}

}
