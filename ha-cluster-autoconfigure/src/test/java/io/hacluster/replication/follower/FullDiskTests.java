package io.hacluster.replication.follower;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;
import io.hacluster.test.SmallDisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A follower whose disk is full says so, keeps its replica whole, and goes on when there
 * is room again (Litestream #1310: a full disk was silent).
 */
class FullDiskTests {

	private static final NodeIdentity NODE = TestLog.identity("follower");

	@TempDir
	Path directory;

	private SmallDisk disk;

	private TestLog log;

	private ReplicaFiles files;

	private Follower follower;

	@BeforeEach
	void setUp() throws Exception {
		this.disk = SmallDisk.mount(this.directory.resolve("disk"), "8m");
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		this.files = new ReplicaFiles(this.disk.path().resolve("data.db"), this.disk.path().resolve("replica.db"), 10,
				NODE, Clock.systemUTC(), (database) -> {
				});
		this.follower = new Follower(FollowerSettings.of(100), NODE, this.log.store(), this.files,
				new FollowerCounters(), Clock.systemUTC(), Ticker.SYSTEM);
	}

	@AfterEach
	void tearDown() throws Exception {
		this.follower.stop(Duration.ofSeconds(10));
		this.log.close();
		this.disk.close();
	}

	@Test
	void followerWhenDiskFillsUpWhileFollowingKeepsReplicaWholeAndGoesOn() throws Exception {
		this.log.ship();
		this.follower.start();
		awaitTxid(1);
		this.disk.fill();
		for (int i = 0; i < 100; i++) {
			this.log.transferAndShip(i);
		}
		awaitFailure();
		assertThat(sum()).isEqualTo(SourceDatabase.TOTAL);
		this.disk.free();
		awaitTxid(101);
		await().until(() -> this.follower.progress().failure() == null);
		assertThat(sum()).isEqualTo(SourceDatabase.TOTAL);
		assertThat(query("SELECT count(*) FROM entry"))
			.isEqualTo(this.log.source().query("SELECT count(*) FROM entry"));
	}

	@Test
	void followerWhenDiskIsFullAtTheRestoreSaysSoAndRestoresWhenThereIsRoom() throws Exception {
		this.log.ship();
		this.disk.fill();
		this.follower.start();
		awaitFailure();
		assertThat(this.files.replicaPath()).doesNotExist();
		this.disk.free();
		awaitTxid(1);
		assertThat(sum()).isEqualTo(SourceDatabase.TOTAL);
	}

	private void awaitTxid(long txid) {
		await().until(() -> this.follower.progress().txid() == txid);
	}

	private void awaitFailure() {
		await().untilAsserted(() -> assertThat(this.follower.progress().failure()).contains("No space left"));
	}

	private long sum() throws SQLException {
		return query("SELECT sum(balance) FROM account");
	}

	private long query(String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.files.replicaPath());
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

}
