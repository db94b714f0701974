package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import org.awaitility.Awaitility;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.FaultyStore;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.RestoredDatabase;
import io.hacluster.replication.level.LevelSettings;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.ltx.LtxName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A primary over a log in a directory, and what is needed to look at both.
 */
final class PrimaryFixture implements AutoCloseable {

	static final NodeIdentity NODE = new NodeIdentity("test", new NodeId("node-a"), "nonce-a");

	final Path directory;

	final Path database;

	final Path state;

	final ReplicaStore store;

	final FaultyStore faulty;

	final AtomicReference<FencedException> fenced = new AtomicReference<>();

	PrimarySettings settings;

	Epoch epoch = new Epoch(1);

	Clock clock = Clock.systemUTC();

	Ticker ticker = Ticker.SYSTEM;

	Primary primary;

	PrimaryFixture(Path directory) throws IOException {
		this(directory, UnaryOperator.identity());
	}

	PrimaryFixture(Path directory, UnaryOperator<PrimarySettings> customizer) throws IOException {
		this(directory, customizer, new LocalReplicaStore(directory.resolve("log"), NODE));
	}

	PrimaryFixture(Path directory, UnaryOperator<PrimarySettings> customizer, ReplicaStore store) throws IOException {
		this.directory = directory;
		this.database = directory.resolve("data.db");
		this.state = Files.createDirectories(directory.resolve("data.db-ha"));
		this.store = store;
		this.faulty = new FaultyStore(this.store);
		this.settings = customizer.apply(settings(1000, 512L << 20));
		this.primary = create();
	}

	static PrimarySettings settings(int checkpointPages, long maxWalBytes) {
		return new PrimarySettings(checkpointPages, maxWalBytes, 8 << 20, 1 << 20, 4, Duration.ofMillis(500),
				Duration.ofMillis(200), Duration.ofMillis(25), Duration.ofMillis(500), Duration.ZERO);
	}

	/**
	 * Nothing is due by itself.
	 */
	static LevelSettings levels() {
		return levels(Duration.ofHours(1), Duration.ofHours(24));
	}

	static LevelSettings levels(Duration snapshotInterval, Duration retention) {
		return new LevelSettings(List.of(Duration.ofDays(1)), Duration.ofMinutes(5), snapshotInterval, retention);
	}

	Primary create() {
		return new Primary(this.settings, NODE, this.epoch, this.database, this.state, this.faulty,
				() -> this.faulty.fence(this.epoch, NODE), this.fenced::set, this.clock, this.ticker);
	}

	void start(PrimaryPosition position) throws InterruptedException {
		this.primary.hold(position);
		this.primary.start(this.faulty.fence(this.epoch, NODE));
	}

	/**
	 * Starts another life of the node, after {@link Primary#release()}.
	 */
	void restart(PrimaryPosition position) throws InterruptedException {
		this.primary = create();
		start(position);
	}

	/**
	 * Waits until the restored log is the database, row by row.
	 */
	void assertShipped() throws IOException, SQLException {
		awaitLevel();
		assertThat(restored()).isEqualTo(RestoredDatabase.dump(this.database)).startsWith("ok");
	}

	void awaitLevel() {
		Awaitility.await().pollInterval(Duration.ofMillis(5)).until(this.primary::isLevel);
	}

	List<String> restored() throws IOException, SQLException {
		Path target = this.directory.resolve("replayed.db");
		RestoredDatabase.replay(this.store, target);
		List<String> dump = RestoredDatabase.dump(target);
		Path planned = this.directory.resolve("planned.db");
		RestoredDatabase.restore(this.store, planned, Long.MAX_VALUE);
		assertThat(RestoredDatabase.dump(planned)).isEqualTo(dump);
		return dump;
	}

	/**
	 * Lets go of the database and compares it byte by byte with the log.
	 */
	PrimaryEnd assertEndsEqual() throws IOException {
		this.primary.stopLoop(Duration.ofSeconds(10));
		assertThat(this.primary.flush(Duration.ofSeconds(10))).isTrue();
		PrimaryEnd end = this.primary.release();
		assertThat(end.shipped()).isTrue();
		assertThat(end.walEmpty()).isTrue();
		assertThat(end.txid()).isEqualTo(lastTxid());
		Path target = this.directory.resolve("replayed.db");
		RestoredDatabase.replay(this.store, target);
		assertThat(Files.mismatch(this.database, target)).isEqualTo(-1);
		return end;
	}

	long lastTxid() {
		return batches().stream().mapToLong((entry) -> entry.name().maxTxid()).max().orElse(0);
	}

	List<LogEntry> batches() {
		return this.store.list().stream().filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH).toList();
	}

	@Override
	public void close() {
		this.primary.close();
		this.store.close();
	}

}
