package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.hacluster.Leadership;
import io.hacluster.actuate.ReplicationMetrics;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.node.SqliteReplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Two nodes with a database, in one JVM over a shared directory.
 */
class HaClusterReplicationAutoConfigurationTests {

	@TempDir
	Path directory;

	@Test
	void contextWithoutPathReplicatesNothing() {
		node("a").run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Replication.class)
			.doesNotHaveBean(LocalReplicaStore.class)
			.doesNotHaveBean(ReplicationMetrics.class));
	}

	@Test
	void contextWithPathReplicates() {
		withDatabase("a").withBean(SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SqliteReplication.class)
				.hasSingleBean(LocalReplicaStore.class)
				.hasSingleBean(ReplicationMetrics.class));
	}

	@Test
	void contextWhenUserHasReplicationUsesIt() {
		Replication replication = mock(Replication.class);
		given(replication.status()).willReturn(new ReplicationStatus(ReplicationStatus.State.FOLLOWING, 0, 0,
				Duration.ZERO, null, List.of(), new ReplicationStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
						ReplicationStatus.Upkeep.NONE, Duration.ZERO)));
		given(replication.flush(any())).willReturn(true);
		withDatabase("a").withBean("mine", Replication.class, () -> replication)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SqliteReplication.class));
	}

	@Test
	void contextThatClosesHandsOverTheDatabase() {
		withDatabase("a").run((first) -> {
			awaitLeader(first);
			write(database("a"), "CREATE TABLE t (x)", "INSERT INTO t VALUES (1), (2)");
			withDatabase("b").run((second) -> {
				write(database("a"), "INSERT INTO t VALUES (3)");
				first.getSourceApplicationContext().close();
				awaitLeader(second);
				Awaitility.await().until(() -> Files.exists(database("b")));
				assertThat(count(database("b"))).isEqualTo(3);
			});
		});
	}

	@Test
	void contextWithMinBatchIntervalPutsManyCommitsIntoFewBatches() {
		withDatabase("a").withPropertyValues("ha.cluster.replication.min-batch-interval=1m").run((first) -> {
			awaitLeader(first);
			write(database("a"), "CREATE TABLE t (x)");
			Awaitility.await().until(() -> first.getBean(Replication.class).status().txid() > 0);
			for (int i = 0; i < 30; i++) {
				write(database("a"), "INSERT INTO t VALUES (1)");
			}
			withDatabase("b").run((second) -> {
				first.getSourceApplicationContext().close();
				awaitLeader(second);
				Awaitility.await().until(() -> Files.exists(database("b")));
				assertThat(count(database("b"))).isEqualTo(30);
				// the full copy, two at the beginning, and the rest when it steps down
				assertThat(second.getBean(LocalReplicaStore.class).list())
					.filteredOn((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
					.hasSizeBetween(1, 4);
			});
		});
	}

	@Test
	void contextWithMaxWalSizeCutsTheWriteAheadLogBack() {
		withDatabase("a").withPropertyValues("ha.cluster.replication.max-wal-size=1MB").run((context) -> {
			awaitLeader(context);
			try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database("a"));
					Statement statement = connection.createStatement()) {
				statement.execute("PRAGMA journal_mode=WAL");
				statement.execute("PRAGMA wal_autocheckpoint=0");
				statement.execute("CREATE TABLE t (x)");
				statement.execute("INSERT INTO t VALUES (randomblob(3000000))");
				Path wal = Path.of(database("a") + "-wal");
				assertThat(Files.size(wal)).isGreaterThan(3_000_000);
				Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.size(wal) <= 1 << 20);
			}
		});
	}

	@Test
	void contextWithLevelsAndLevelZeroRetentionCompactsAndRetires() {
		withDatabase("a")
			.withPropertyValues("ha.cluster.replication.levels=50ms,1h", "ha.cluster.replication.l0-retention=1ms")
			.run((context) -> {
				awaitLeader(context);
				LocalReplicaStore store = context.getBean(LocalReplicaStore.class);
				write(database("a"), "CREATE TABLE t (x)", "INSERT INTO t VALUES (1)");
				Awaitility.await().until(() -> {
					write(database("a"), "INSERT INTO t VALUES (2)");
					return level(store, 1) >= 3;
				});
				Awaitility.await().until(() -> level(store, LtxName.LEVEL_BATCH) == 1);
				assertThat(level(store, 3)).isZero();
			});
	}

	private static long level(LocalReplicaStore store, int level) {
		return store.list().stream().filter((entry) -> entry.name().level() == level).count();
	}

	@Test
	void contextWithDivergedToKeepKeepsAsMany() {
		withDatabase("a").run((first) -> {
			awaitLeader(first);
			write(database("a"), "CREATE TABLE t (x)");
			Awaitility.await().until(() -> first.getBean(Replication.class).status().txid() > 0);
			Path foreign = Files.createDirectories(this.directory.resolve("b")).resolve("data.db");
			for (int i = 1; i <= 3; i++) {
				Files.writeString(foreign.resolveSibling("data.db.diverged-1-2026010" + i + "T000000Z"), "older");
			}
			write(database("b"), "CREATE TABLE foreign_table (x)");
			withDatabase("b").withPropertyValues("ha.cluster.replication.diverged-to-keep=2").run((second) -> {
				Replication replication = second.getBean(Replication.class);
				Awaitility.await().until(() -> replication.status().counters().divergences() == 1);
				// Counted when it is set aside, and only then are older ones removed.
				Awaitility.await()
					.untilAsserted(() -> assertThat(replication.status().diverged()).hasSize(2)
						.first()
						.satisfies(
								(kept) -> assertThat(kept.file()).hasFileName("data.db.diverged-1-20260103T000000Z")));
			});
		});
	}

	@Test
	void contextWithBoundsForReadersMovesTheReplicaAwayFromALongReader() {
		withDatabase("a").run((first) -> {
			awaitLeader(first);
			write(database("a"), "CREATE TABLE t (x)", "INSERT INTO t VALUES (1)");
			withDatabase("b")
				.withPropertyValues("ha.cluster.replication.max-replica-wal-size=1MB",
						"ha.cluster.replication.max-reader-delay=10ms")
				.run((second) -> {
					Path replica = Path.of(database("b") + "-replica");
					Awaitility.await().until(() -> Files.exists(replica));
					Path target = Files.readSymbolicLink(replica);
					try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + replica);
							Statement statement = reader.createStatement()) {
						statement.execute("BEGIN");
						statement.executeQuery("SELECT count(*) FROM t").close();
						for (int i = 0; i < 8; i++) {
							write(database("a"), "INSERT INTO t VALUES (randomblob(500000))");
						}
						Awaitility.await().until(() -> {
							write(database("a"), "INSERT INTO t VALUES (randomblob(500000))");
							return !Files.readSymbolicLink(replica).equals(target);
						});
					}
				});
		});
	}

	private ApplicationContextRunner withDatabase(String nodeId) {
		Path parent = this.directory.resolve(nodeId);
		try {
			Files.createDirectories(parent);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		return node(nodeId).withPropertyValues("ha.cluster.sqlite.path=" + database(nodeId));
	}

	private ApplicationContextRunner node(String nodeId) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
					HaClusterLocalAutoConfiguration.class, HaClusterReplicationAutoConfiguration.class,
					HaClusterBackendAutoConfiguration.class, HaClusterMetricsAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=" + nodeId, "ha.cluster.store=local",
					"ha.cluster.local.directory=" + this.directory.resolve("store"),
					"ha.cluster.election.lease-duration=60s", "ha.cluster.election.renew-interval=2s");
	}

	private Path database(String nodeId) {
		return this.directory.resolve(nodeId).resolve("data.db");
	}

	private static void awaitLeader(ApplicationContext context) {
		Awaitility.await().until(context.getBean(Leadership.class)::isLeader);
	}

	private static void write(Path database, String... statements) throws SQLException {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	private static int count(Path database) throws SQLException {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
			return rows.getInt(1);
		}
	}

}
