package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Readers that stay, and what they keep a {@link Follower} from.
 */
class LongReaderTests {

	private static final NodeIdentity NODE = TestLog.identity("follower");

	private static final long LIMIT = 4 << 20;

	private static final long TRANSACTION = 1 << 20;

	/** Batches that come together are applied as one. */
	private static final long MERGED = 32 << 20;

	/** When SQLite sees the database file before it looks for the log. */
	private static final int IOERR = 10;

	private static final int CANTOPEN = 14;

	@TempDir
	Path directory;

	private TestLog log;

	private ReplicaFiles files;

	private Follower follower;

	private final FollowerCounters counters = new FollowerCounters();

	private final List<String> setAside = new ArrayList<>();

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		this.files = new ReplicaFiles(this.directory.resolve("data.db"), this.directory.resolve("replica.db"), 10, NODE,
				Clock.systemUTC(), (database) -> this.setAside.add(database.reason()));
		this.log.ship();
	}

	@AfterEach
	void tearDown() throws Exception {
		this.follower.stop(Duration.ofSeconds(10));
		this.log.close();
	}

	/**
	 * The reader keeps what it sees, however much is written meanwhile; the write-ahead
	 * log does not grow beyond its limit and what is applied as one.
	 */
	@Test
	void readerWithALongTransactionKeepsItAndTheLogStaysBounded() throws Exception {
		start(Duration.ofMillis(100));
		Object inode = inode();
		long greatest = 0;
		try (Connection reader = connect(); Statement statement = reader.createStatement()) {
			statement.execute("BEGIN");
			long before = query(statement, "SELECT count(*) FROM entry");
			for (int i = 0; i < 80; i++) {
				shipMegabyte(i);
				greatest = Math.max(greatest, logSize());
			}
			awaitLevel();
			greatest = Math.max(greatest, logSize());
			assertThat(query(statement, "SELECT count(*) FROM entry")).isEqualTo(before);
			assertThat(query(statement, "SELECT sum(balance) FROM account")).isEqualTo(SourceDatabase.TOTAL);
			statement.execute("COMMIT");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> query(statement, "SELECT count(*) FROM entry"))
				.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(CANTOPEN));
		}
		assertThat(greatest).isLessThan(LIMIT + MERGED + 2 * TRANSACTION).isGreaterThan(LIMIT / 2);
		assertThat(inode()).isNotEqualTo(inode);
		assertSame();
		assertThat(this.counters.restores()).isOne();
		assertThat(this.setAside).isEmpty();
		assertThat(this.files.copy()).doesNotExist();
	}

	@Test
	void readerThatEndsInTimeIsWaitedForAndTheDelayIsSeenAsLag() throws Exception {
		start(Duration.ofMinutes(4));
		Object inode = inode();
		try (Connection reader = connect(); Statement statement = reader.createStatement()) {
			statement.execute("BEGIN");
			query(statement, "SELECT count(*) FROM entry");
			for (int i = 0; i < 40; i++) {
				shipMegabyte(i);
			}
			await().until(() -> this.follower.lag().compareTo(Duration.ofSeconds(1)) > 0
					&& this.follower.progress().logTxid() > this.follower.progress().txid());
			statement.execute("COMMIT");
			awaitLevel();
			assertThat(query(statement, "SELECT count(*) FROM entry"))
				.isEqualTo(this.log.source().query("SELECT count(*) FROM entry"));
		}
		assertThat(inode()).as("the same file").isEqualTo(inode);
		assertSame();
	}

	/**
	 * Each of them is short, but there is always one.
	 */
	@Test
	void readersThatComeAndGoNeitherKeepTheLogNorLoseTheirConnection() throws Exception {
		start(Duration.ofMinutes(4));
		Object inode = inode();
		List<ReplicaReader> readers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			readers.add(new ReplicaReader(this.files.replicaPath()));
		}
		for (int i = 0; i < 40; i++) {
			shipMegabyte(i);
		}
		awaitLevel();
		for (ReplicaReader reader : readers) {
			reader.close();
			assertThat(reader.worst()).isNull();
		}
		assertThat(logSize()).isLessThan(LIMIT + MERGED);
		assertThat(inode()).isEqualTo(inode);
		assertSame();
	}

	/**
	 * A reader that is connected while the replica is replaced learns that at its next
	 * transaction, and never sees anything torn.
	 */
	@Test
	void readerInAnotherProcessIsToldOfEachNewFile() throws Exception {
		start(Duration.ofMillis(50));
		ReaderProcess reader = ReaderProcess.start(this.files.replicaPath(), 3);
		await().until(() -> reader.reads() > 5);
		for (int round = 0; round < 3; round++) {
			moveToNewFile(round);
			long connects = round;
			await().until(() -> reader.connects() > connects);
		}
		awaitLevel();
		try (Connection stranger = connect(); Statement statement = stranger.createStatement()) {
			statement.execute("UPDATE account SET note = 'mine' WHERE id = 1");
		}
		this.log.transferAndShip(1);
		await().until(() -> this.counters.restores() == 2);
		await().until(() -> reader.connects() > 3);
		long reads = reader.reads();
		await().until(() -> reader.reads() > reads + 5);
		awaitLevel();
		assertThat(reader.stop()).isEmpty();
		assertThat(this.setAside).hasSize(1);
		assertSame();
	}

	/**
	 * SQLite opens the write-ahead log with the first read only: this is the moment in
	 * which a connection could take up the log of another file.
	 */
	@Test
	void connectionThatReadsFirstAfterTheReplicaWasReplacedIsRefused() throws Exception {
		start(Duration.ofMillis(50));
		try (Connection late = connect(); Statement first = late.createStatement()) {
			moveToNewFile(0);
			awaitLevel();
			this.log.transferAndShip(1);
			awaitLevel();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> query(first, "SELECT count(*) FROM entry"))
				.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(IOERR));
		}
		assertSame();
	}

	@Test
	void connectionThatReadsFirstAfterThePromotionIsRefused() throws Exception {
		start(Duration.ofMillis(50));
		try (Connection late = connect(); Statement first = late.createStatement()) {
			this.follower.stop(Duration.ofSeconds(10));
			this.files.promote(this.files.position().read().orElseThrow());
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> query(first, "SELECT count(*) FROM entry"))
				.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(IOERR));
		}
		assertThat(this.files.database().database()).exists();
		assertThat(Files.isSymbolicLink(this.files.replicaPath())).isFalse();
		assertThat(this.directory.resolve("replica.db.d")).isEmptyDirectory();
	}

	private void moveToNewFile(int seed) throws Exception {
		Path target = Files.readSymbolicLink(this.files.replicaPath());
		try (Connection slow = connect(); Statement statement = slow.createStatement()) {
			statement.execute("BEGIN");
			query(statement, "SELECT count(*) FROM entry");
			while (Files.readSymbolicLink(this.files.replicaPath()).equals(target)) {
				shipMegabyte(seed);
			}
		}
	}

	private void shipMegabyte(long seed) throws Exception {
		this.log.source().execute("INSERT INTO entry(filler) VALUES (randomblob(" + TRANSACTION + "))");
		this.log.transferAndShip(seed);
	}

	private void start(Duration delay) {
		FollowerSettings settings = new FollowerSettings(100, Duration.ofSeconds(10), Duration.ofMillis(200),
				Duration.ofSeconds(10))
			.withReaders(LIMIT, delay);
		this.follower = new Follower(settings, NODE, this.log.store(), this.files, this.counters, Clock.systemUTC(),
				Ticker.SYSTEM);
		this.follower.start();
		awaitLevel();
	}

	private void awaitLevel() {
		await()
			.until(() -> this.follower.progress().txid() == this.log.source().txid() && this.follower.lag().isZero());
	}

	private long logSize() throws IOException {
		try {
			return Files.size(this.files.replica().log());
		}
		catch (NoSuchFileException ex) {
			return 0;
		}
	}

	private Object inode() throws IOException {
		return Files.getAttribute(this.files.replicaPath(), "unix:ino");
	}

	private void assertSame() throws SQLException {
		String sql = "SELECT count(*) * 1000000 + coalesce(sum(length(filler)), 0) FROM entry";
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			assertThat(query(statement, sql)).isEqualTo(this.log.source().query(sql));
			assertThat(query(statement, "SELECT sum(balance) FROM account")).isEqualTo(SourceDatabase.TOTAL);
			try (ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
				result.next();
				assertThat(result.getString(1)).isEqualTo("ok");
			}
		}
	}

	private static long query(Statement statement, String sql) throws SQLException {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection("jdbc:sqlite:" + this.files.replicaPath());
	}

}
