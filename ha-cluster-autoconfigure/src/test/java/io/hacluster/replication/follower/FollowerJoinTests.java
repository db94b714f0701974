package io.hacluster.replication.follower;

import java.io.FileNotFoundException;
import java.io.InputStream;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

/**
 * How a {@link Follower} joins a log that has gone on without it.
 */
class FollowerJoinTests {

	private static final NodeIdentity NODE = TestLog.identity("follower");

	@TempDir
	Path directory;

	private TestLog log;

	private ReplicaFiles files;

	private Follower follower;

	private final FollowerCounters counters = new FollowerCounters();

	private final List<LtxName> fetched = new CopyOnWriteArrayList<>();

	private final List<String> setAside = new ArrayList<>();

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		this.files = new ReplicaFiles(this.directory.resolve("data.db"), this.directory.resolve("replica.db"), 10, NODE,
				Clock.systemUTC(), (database) -> this.setAside.add(database.reason()));
		this.log.ship();
		start(this.log.store());
		awaitTxid(1);
		stop();
	}

	@AfterEach
	void tearDown() throws Exception {
		if (this.follower != null) {
			stop();
		}
		this.log.close();
	}

	@Test
	void joinWhenOnlyLittleIsMissingFetchesNothingBesideTheTail() throws Exception {
		ship(2, 2);
		this.log.snapshot();
		start(watched());
		awaitTxid(2);
		assertSame();
		assertThat(this.fetched).isEmpty();
	}

	@Test
	void joinWhenLevelsAreCheaperThanBatchesTakesThem() throws Exception {
		ship(2, 60);
		this.log.merge(1, 2, 30);
		this.log.merge(2, 31, 59);
		start(watched());
		awaitTxid(60);
		assertSame();
		assertThat(this.fetched).containsExactly(new LtxName(1, 2, 30), new LtxName(2, 31, 59));
	}

	/**
	 * Litestream #1385: a follower refused to go on when its place was no longer to be
	 * had at level 0.
	 */
	@LitestreamBug(18)
	@Test
	void joinWhenBatchesWereRetiredGoesOnByLevelsLitestream1385() throws Exception {
		ship(2, 40);
		this.log.merge(1, 2, 20);
		this.log.merge(3, 21, 40);
		this.log.retire((name) -> name.level() == 0 && name.maxTxid() < 40);
		start(watched());
		awaitTxid(40);
		assertSame();
		assertThat(this.fetched).containsExactly(new LtxName(1, 2, 20), new LtxName(3, 21, 40));
		ship(41, 43);
		awaitTxid(43);
		assertSame();
		assertThat(this.counters.restores()).isOne();
		assertThat(this.setAside).isEmpty();
	}

	/**
	 * Litestream #1515: a follower stalled although a snapshot covered the gap.
	 */
	@LitestreamBug(19)
	@Test
	void joinWhenOnlyASnapshotCoversTheGapTakesItLitestream1515() throws Exception {
		ship(2, 40);
		this.log.snapshot();
		ship(41, 45);
		this.log.retire((name) -> name.level() == 0 && name.maxTxid() < 42);
		this.log.merge(1, 42, 45);
		try (ReplicaReader reader = new ReplicaReader(this.files.replicaPath())) {
			assertMissingIsSaid(watched());
			// what leads on from the snapshot comes later
			this.log.snapshot();
			awaitTxid(45);
			assertThat(reader.worst()).isNull();
		}
		assertSame();
		assertThat(this.counters.restores()).isOne();
		await().until(() -> this.follower.progress().failure() == null);
	}

	/**
	 * Litestream #1460: a file that began before the place was invisible.
	 */
	@LitestreamBug(20)
	@Test
	void joinWhenFileStraddlesThePlaceTakesItLitestream1460() throws Exception {
		ship(2, 10);
		start(this.log.store());
		awaitTxid(10);
		stop();
		ship(11, 30);
		this.log.merge(1, 2, 25);
		this.log.retire((name) -> name.level() == 0 && name.maxTxid() < 26);
		start(watched());
		awaitTxid(30);
		assertSame();
		assertThat(this.fetched).containsExactly(new LtxName(1, 2, 25));
	}

	/**
	 * Litestream #1270 and #1307: what was planned has been compacted and retired when it
	 * is fetched.
	 */
	@LitestreamBug(16)
	@Test
	void joinWhenFileIsRetiredBeforeItIsFetchedPlansAgainLitestream1270() throws Exception {
		ship(2, 60);
		this.log.merge(1, 2, 20);
		this.log.merge(1, 21, 40);
		AtomicBoolean compacted = new AtomicBoolean();
		ReplicaStore store = watched();
		doAnswer((call) -> {
			LogEntry entry = call.getArgument(0);
			if (entry.name().minTxid() == 21 && compacted.compareAndSet(false, true)) {
				this.log.merge(2, 2, 45);
				this.log.retire((name) -> name.level() == 1 || (name.level() == 0 && name.maxTxid() < 46));
			}
			return open(entry);
		}).when(store).open(any());
		start(store);
		awaitTxid(60);
		assertSame();
		assertThat(this.fetched).containsExactly(new LtxName(1, 2, 20), new LtxName(1, 21, 40), new LtxName(2, 2, 45));
		assertThat(this.counters.restores()).isOne();
	}

	@Test
	void joinWhenLevelIsNotSoundTakesAnotherWay() throws Exception {
		ship(2, 40);
		this.log.merge(1, 2, 39);
		byte[] bad = "not an LTX file".getBytes(java.nio.charset.StandardCharsets.UTF_8);
		this.log.append(new LtxName(2, 2, 40), bad);
		start(watched());
		awaitTxid(40);
		assertSame();
		assertThat(this.fetched).containsExactly(new LtxName(2, 2, 40), new LtxName(1, 2, 39));
	}

	@Test
	void joinWhenTheStoreSaysThatALevelIsDamagedTakesAnotherWay() throws Exception {
		ship(2, 40);
		this.log.merge(1, 2, 39);
		this.log.merge(2, 2, 40);
		ReplicaStore store = mock(ReplicaStore.class, delegatesTo(this.log.store()));
		doAnswer((call) -> {
			LogEntry entry = call.getArgument(0);
			InputStream stream = open(entry);
			if (entry.name().level() == 2) {
				stream.close();
				throw new DamagedFileException(entry.name() + " is damaged in the store: chunks are missing");
			}
			return stream;
		}).when(store).open(any());
		start(store);
		awaitTxid(40);
		assertSame();
		assertThat(this.fetched).containsExactly(new LtxName(2, 2, 40), new LtxName(1, 2, 39));
	}

	/**
	 * Only the end of the log is surely a state that a replica may show after a crash.
	 */
	@Test
	void joinAfterACrashAppliesLevelsAndBatchesAsOneTransaction() throws Exception {
		ship(2, 30);
		start(this.log.store());
		awaitTxid(30);
		stop();
		ReplicaPosition position = this.files.position().read().orElseThrow();
		this.files.position()
			.write(new ReplicaPosition(position.place(), 5, new LogOffset(5), position.logId(), position.epoch(),
					null));
		ship(31, 50);
		this.log.merge(1, 2, 20);
		this.log.retire((name) -> name.level() == 0 && name.maxTxid() < 20);
		try (Connection reader = connect(); Statement statement = reader.createStatement()) {
			start(watched());
			long count = 0;
			while (this.follower.progress().txid() != 50) {
				count = query(statement, "SELECT count(*) FROM entry");
				assertThat(count).isIn(29L, 49L);
				assertThat(query(statement, "SELECT sum(balance) FROM account")).isEqualTo(SourceDatabase.TOTAL);
			}
		}
		assertSame();
		assertThat(this.fetched).startsWith(new LtxName(1, 2, 20));
	}

	/**
	 * Litestream #1151 and #1458: one lost batch stalled everything after it.
	 */
	@LitestreamBug(14)
	@Test
	void lostBatchStallsOnlyUntilSomethingCoversItLitestream1151() throws Exception {
		ship(2, 5);
		this.log.merge(1, 2, 5);
		ship(6, 10);
		this.log.retire((name) -> name.equals(LtxName.batch(7)));
		assertMissingIsSaid(watched());
		assertThat(this.follower.progress().txid()).isEqualTo(6);
		assertThat(this.follower.progress().logTxid()).isEqualTo(10);
		this.log.snapshot();
		awaitTxid(10);
		ship(11, 12);
		awaitTxid(12);
		assertSame();
	}

	private void assertMissingIsSaid(ReplicaStore store) {
		start(store);
		await().untilAsserted(() -> assertThat(this.follower.progress().failure()).contains("No LTX file continues"));
	}

	private void ship(long from, long to) {
		LongStream.rangeClosed(from, to).forEach((seed) -> {
			try {
				this.log.transferAndShip(seed);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	/**
	 * Returns a store that notes what is fetched from it.
	 */
	private ReplicaStore watched() throws Exception {
		ReplicaStore store = mock(ReplicaStore.class, delegatesTo(this.log.store()));
		doAnswer((call) -> open(call.getArgument(0))).when(store).open(any());
		return store;
	}

	private InputStream open(LogEntry entry) throws Exception {
		this.fetched.add(entry.name());
		InputStream stream = this.log.store().open(entry);
		if (stream == null) {
			throw new FileNotFoundException();
		}
		return stream;
	}

	private void start(ReplicaStore store) {
		FollowerSettings settings = new FollowerSettings(300, Duration.ofSeconds(10), Duration.ofMillis(200),
				Duration.ofSeconds(10));
		this.follower = new Follower(settings, NODE, store, this.files, this.counters, Clock.systemUTC(),
				Ticker.SYSTEM);
		this.follower.start();
	}

	private void stop() throws InterruptedException {
		this.follower.stop(Duration.ofSeconds(10));
		this.follower = null;
	}

	private void awaitTxid(long txid) {
		await().until(() -> this.follower.progress().txid() == txid);
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
