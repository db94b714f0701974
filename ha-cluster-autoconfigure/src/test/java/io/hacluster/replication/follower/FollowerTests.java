package io.hacluster.replication.follower;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.follower.RejoinBase.Nothing;
import io.hacluster.replication.follower.RejoinBase.Replica;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Follower} on a log in a directory.
 */
class FollowerTests {

	private static final NodeIdentity NODE = TestLog.identity("follower");

	@TempDir
	Path directory;

	private TestLog log;

	private Follower follower;

	private ReplicaFiles files;

	private final FollowerCounters counters = new FollowerCounters();

	private final List<DivergedDatabase> setAside = new ArrayList<>();

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		this.files = new ReplicaFiles(this.directory.resolve("data.db"), this.directory.resolve("replica.db"), 10, NODE,
				Clock.systemUTC(), this.setAside::add);
	}

	@AfterEach
	void tearDown() throws Exception {
		if (this.follower != null) {
			this.follower.stop(Duration.ofSeconds(10));
		}
		this.log.close();
	}

	@Test
	void whenLogIsEmptyWaitsForItAndThenFollows() throws Exception {
		start();
		assertThat(this.follower.awaitCaughtUp(Duration.ofSeconds(10))).isTrue();
		assertThat(this.files.replicaPath()).doesNotExist();
		this.log.ship();
		this.log.transferAndShip(1);
		awaitTxid(2);
		assertSame();
		assertThat(this.counters.restores()).isOne();
	}

	@Test
	void whenTransactionIsShippedAppliesIt() throws Exception {
		this.log.ship();
		start();
		for (int i = 0; i < 50; i++) {
			this.log.transferAndShip(i);
		}
		awaitTxid(51);
		assertSame();
		assertThat(this.counters.restores()).isOne();
		assertThat(this.counters.batches()).isGreaterThan(0);
	}

	@Test
	void whenRestartedGoesOnWithoutRestoring() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		RejoinBase base = stop();
		assertThat(base).isInstanceOfSatisfying(Replica.class, (replica) -> {
			assertThat(replica.position().stamp()).isNotNull();
			assertThat(replica.position().txid()).isOne();
			assertThat(replica.position().epoch()).isEqualTo(new Epoch(1));
		});
		assertThat(this.files.replica().log()).doesNotExist();
		this.log.transferAndShip(1);
		start();
		awaitTxid(2);
		assertSame();
		assertThat(this.counters.restores()).isOne();
	}

	@Test
	void whenPositionIsNotExactAppliesTheRestAsOneTransaction() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		for (int i = 0; i < 20; i++) {
			this.log.transferAndShip(i);
		}
		awaitTxid(21);
		stop();
		// as after a crash: the position lags behind what the replica holds
		ReplicaPosition position = this.files.position().read().orElseThrow();
		this.files.position()
			.write(new ReplicaPosition(position.place(), 5, new LogOffset(5), position.logId(), position.epoch(),
					null));
		for (int i = 20; i < 25; i++) {
			this.log.transferAndShip(i);
		}
		start(slowly(this.log.store()));
		try (ReplicaReader reader = new ReplicaReader(this.files.replicaPath())) {
			awaitTxid(26);
			assertThat(reader.worst()).isNull();
		}
		assertSame();
	}

	/**
	 * Litestream's follower applied a file before it had verified it.
	 */
	@LitestreamBug(26)
	@Test
	void whenFileIsCorruptDoesNotApplyItAndSaysSo() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		this.log.source().transfer(1);
		byte[] good = this.log.source().capture();
		byte[] bad = good.clone();
		bad[bad.length - 1] ^= 1;
		this.log.append(LtxName.batch(2), bad);
		this.log.transferAndShip(2);
		await().untilAsserted(() -> assertThat(this.follower.progress().failure()).contains("0000000000000002"));
		assertThat(this.follower.progress().txid()).isOne();
		assertThat(sum()).isEqualTo(SourceDatabase.TOTAL);
		this.log.snapshot();
		awaitTxid(3);
		await().until(() -> this.follower.progress().failure() == null);
		assertSame();
		this.log.transferAndShip(3);
		awaitTxid(4);
		assertSame();
	}

	@Test
	void whenBatchesWereRetiredGoesOnWithSnapshot() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		stop();
		for (int i = 0; i < 10; i++) {
			this.log.transferAndShip(i);
		}
		this.log.snapshot();
		for (LogEntry entry : this.log.store().list()) {
			if (entry.name().level() == 0 && entry.name().maxTxid() < 11) {
				this.log.writer().retire(entry);
			}
		}
		start();
		awaitTxid(11);
		assertSame();
		this.log.transferAndShip(77);
		awaitTxid(12);
		assertSame();
	}

	@Test
	void whenStrangerWritesIntoReplicaSetsItAsideAndBuildsAnew() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		execute("UPDATE account SET balance = 0");
		this.log.transferAndShip(1);
		awaitTxid(2);
		await().until(() -> this.counters.restores() == 2);
		assertSame();
		assertThat(this.setAside).hasSize(1);
		assertThat(this.files.diverged()).hasSize(1);
	}

	@Test
	void whenStrangerHasWrittenBeforeStopSetsReplicaAsideAndHasNothingToPromote() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		execute("UPDATE account SET balance = 0");
		Follower stopped = this.follower;
		assertThat(stop()).isInstanceOf(Nothing.class);
		assertThat(this.setAside).hasSize(1);
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(stopped::requireBase)
			.withMessageContaining("somebody else has written to it");
		assertThat(stopped.stop(Duration.ofSeconds(10))).as("once more").isInstanceOf(Nothing.class);
		start();
		await().until(() -> this.counters.restores() == 2);
		awaitTxid(1);
		assertSame();
		assertThat(stop()).isInstanceOf(Replica.class);
	}

	@Test
	void whenStrangerKeepsTheWriteLockAtStopSetsReplicaAside() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			statement.execute("BEGIN IMMEDIATE");
			statement.execute("UPDATE account SET balance = 0");
			assertThat(stop()).isInstanceOf(Nothing.class);
			statement.execute("ROLLBACK");
		}
		assertThat(this.setAside).hasSize(1);
		start();
		await().until(() -> this.counters.restores() == 2);
		awaitTxid(1);
		assertSame();
	}

	@Test
	void whenStrangerHasWrittenWhileStoppedSetsReplicaAside() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		stop();
		execute("UPDATE account SET balance = 0");
		start();
		await().until(() -> this.counters.restores() == 2);
		awaitTxid(1);
		assertSame();
		assertThat(this.setAside).hasSize(1);
	}

	@Test
	void whenReplicaIsDamagedBuildsItAnew() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		ReplicaPosition position = ((Replica) stop()).position();
		try (FileChannel channel = FileChannel.open(this.files.replicaPath(), StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.allocate(200), 0);
		}
		this.files.position().write(position.inUse());
		start();
		await().until(() -> this.counters.restores() == 2);
		awaitTxid(1);
		assertSame();
	}

	@Test
	void whenManyPagesHaveComeMakesCheckpointAndPositionDurable() throws Exception {
		this.log.ship();
		start();
		for (int i = 0; i < 400; i++) {
			this.log.transferAndShip(i);
		}
		awaitTxid(401);
		await().until(() -> this.counters.checkpoints() > 0);
		await().until(() -> this.files.position().read().filter((position) -> position.txid() > 1).isPresent());
		assertSame();
	}

	@Test
	void whenLogIsUnreachableAtStartGoesOnWhenItIsBack() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		stop();
		Path moved = this.directory.resolve("log-moved");
		Files.move(this.directory.resolve("log"), moved);
		start();
		assertThat(this.follower.progress().await(this.follower.progress()::isSettled, Duration.ofSeconds(10)))
			.isTrue();
		await().until(() -> this.follower.progress().failure() != null);
		assertThat(sum()).isEqualTo(SourceDatabase.TOTAL);
		Files.move(moved, this.directory.resolve("log"));
		this.log.transferAndShip(1);
		awaitTxid(2);
		assertSame();
		await().until(() -> this.follower.progress().failure() == null);
	}

	@Test
	void whenFollowingStateIsFollowing() throws Exception {
		this.log.ship();
		start();
		awaitTxid(1);
		await().until(() -> this.follower.progress().state() == State.FOLLOWING);
	}

	/**
	 * Returns a store whose tail gives readers the time to look in between two files.
	 */
	private static ReplicaStore slowly(ReplicaStore store) {
		ReplicaStore slow = mock(ReplicaStore.class, delegatesTo(store));
		doAnswer((call) -> {
			LogObserver observer = call.getArgument(1);
			LogObserver slowed = (LogObserver) Proxy.newProxyInstance(FollowerTests.class.getClassLoader(),
					new Class<?>[] { LogObserver.class }, (proxy, method, arguments) -> {
						Thread.sleep(method.getName().equals("file") ? 40 : 0);
						return method.invoke(observer, arguments);
					});
			return store.tail(call.getArgument(0), slowed);
		}).when(slow).tail(any(), any());
		return slow;
	}

	private void start() {
		start(this.log.store());
	}

	private void start(ReplicaStore store) {
		FollowerSettings settings = new FollowerSettings(300, Duration.ofSeconds(10), Duration.ofMillis(200),
				Duration.ofSeconds(10));
		this.follower = new Follower(settings, NODE, store, this.files, this.counters, Clock.systemUTC(),
				Ticker.SYSTEM);
		this.follower.start();
	}

	private RejoinBase stop() throws InterruptedException {
		RejoinBase base = this.follower.stop(Duration.ofSeconds(10));
		this.follower = null;
		return base;
	}

	private void awaitTxid(long txid) {
		await().until(() -> this.follower.progress().txid() == txid);
	}

	private void assertSame() throws SQLException {
		String sql = "SELECT count(*) * 1000000 + coalesce(sum(length(filler)), 0) FROM entry";
		assertThat(query(sql)).isEqualTo(this.log.source().query(sql));
		assertThat(sum()).isEqualTo(SourceDatabase.TOTAL);
		try (Connection connection = connect();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
			result.next();
			assertThat(result.getString(1)).isEqualTo("ok");
		}
	}

	private long sum() throws SQLException {
		return query("SELECT sum(balance) FROM account");
	}

	private long query(String sql) throws SQLException {
		try (Connection connection = connect();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection("jdbc:sqlite:" + this.files.replicaPath());
	}

}
