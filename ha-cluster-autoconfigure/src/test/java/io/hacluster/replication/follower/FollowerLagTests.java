package io.hacluster.replication.follower;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.TestLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FollowerLag}, alone and in a {@link Follower}.
 */
class FollowerLagTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final Duration HOUR = Duration.ofHours(1);

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);

	private final FollowerLag lag = new FollowerLag(Clock.fixed(NOW, ZoneOffset.UTC), this.nanos::get);

	@Test
	void lagWhenLevelIsZeroHoweverLongNothingComes() {
		this.lag.level(this.nanos.get());
		pass(HOUR);
		assertThat(this.lag.lag(null, false, false)).isZero();
	}

	@Test
	void lagWhenThereIsABacklogAtTheBeginningIsItsAge() {
		long shipped = this.lag.shippedAt(NOW.minus(HOUR));
		pass(Duration.ofSeconds(5));
		assertThat(this.lag.lag(shipped, false, true)).isEqualTo(HOUR.plusSeconds(5));
	}

	@Test
	void lagWhenLeadersClockIsBehindIsNoLongerThanSinceLevel() {
		this.lag.level(this.nanos.get());
		pass(Duration.ofMillis(20));
		long shipped = this.lag.shippedAt(NOW.minus(HOUR));
		assertThat(this.lag.lag(shipped, false, true)).isEqualTo(Duration.ofMillis(20));
	}

	@Test
	void lagWhenLeadersClockIsAheadIsNeverNegative() {
		long first = this.lag.shippedAt(NOW.plus(HOUR));
		assertThat(this.lag.lag(first, false, true)).isZero();
		this.lag.level(this.nanos.get());
		long second = this.lag.shippedAt(NOW.plus(HOUR));
		pass(Duration.ofSeconds(3));
		assertThat(this.lag.lag(second, false, true)).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void lagWithoutNewsCountsFromTheLast() {
		this.lag.level(this.nanos.get());
		pass(Duration.ofSeconds(7));
		assertThat(this.lag.lag(null, true, false)).isEqualTo(Duration.ofSeconds(7));
		assertThat(this.lag.lag(null, false, true)).isEqualTo(Duration.ofSeconds(7));
		this.lag.level(this.nanos.get());
		assertThat(this.lag.lag(null, true, false)).isZero();
	}

	@Test
	void lagGrowsWhileApplyingIsHeldUp(@TempDir Path directory) throws Exception {
		try (TestLog log = new TestLog(directory.resolve("log"), directory.resolve("source.db"))) {
			Follower follower = follow(log, directory);
			try (Connection stranger = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("replica.db"));
					Statement statement = stranger.createStatement()) {
				statement.execute("BEGIN IMMEDIATE");
				for (int i = 0; i < 5; i++) {
					log.transferAndShip(i);
				}
				await().until(() -> follower.lag().compareTo(Duration.ofSeconds(2)) > 0);
				await().until(() -> follower.progress().logTxid() - follower.progress().txid() == 5);
				statement.execute("ROLLBACK");
			}
			awaitLevel(follower, 6);
			follower.stop(Duration.ofSeconds(10));
		}
	}

	@Test
	void lagGrowsWhileTheLogIsCutOffAndIsZeroAfterwards(@TempDir Path directory) throws Exception {
		try (TestLog log = new TestLog(directory.resolve("log"), directory.resolve("source.db"))) {
			Follower follower = follow(log, directory);
			Path moved = directory.resolve("moved");
			Files.move(directory.resolve("log"), moved);
			await().until(() -> follower.lag().compareTo(Duration.ofSeconds(2)) > 0);
			await().untilAsserted(() -> assertThat(follower.progress().failure()).contains("of the local store"));
			Duration before = follower.lag();
			await().until(() -> follower.lag().compareTo(before) > 0);
			Files.move(moved, directory.resolve("log"));
			awaitLevel(follower, 1);
			follower.stop(Duration.ofSeconds(10));
		}
	}

	/**
	 * What cannot be applied is behind, although nothing waits in memory.
	 */
	@Test
	void lagGrowsWhileTheNextFileIsNotSound(@TempDir Path directory) throws Exception {
		try (TestLog log = new TestLog(directory.resolve("log"), directory.resolve("source.db"))) {
			Follower follower = follow(log, directory);
			log.source().transfer(1);
			byte[] bad = log.source().capture();
			bad[bad.length / 2] ^= 1;
			log.append(io.hacluster.replication.ltx.LtxName.batch(2), bad);
			log.transferAndShip(2);
			await().until(() -> follower.lag().compareTo(Duration.ofSeconds(2)) > 0);
			await().until(() -> follower.progress().logTxid() - follower.progress().txid() == 2);
			log.snapshot();
			awaitLevel(follower, 3);
			follower.stop(Duration.ofSeconds(10));
		}
	}

	private static Follower follow(TestLog log, Path directory) throws Exception {
		NodeIdentity node = TestLog.identity("follower");
		log.ship();
		Follower follower = new Follower(
				new FollowerSettings(300, Duration.ofSeconds(10), Duration.ofMillis(200), Duration.ofSeconds(10)), node,
				log.store(), new ReplicaFiles(directory.resolve("data.db"), directory.resolve("replica.db"), 10, node,
						Clock.systemUTC(), (database) -> {
						}),
				new FollowerCounters(), Clock.systemUTC(), Ticker.SYSTEM);
		follower.start();
		awaitLevel(follower, 1);
		return follower;
	}

	private static void awaitLevel(Follower follower, long txid) {
		await().until(() -> follower.progress().txid() == txid && follower.progress().logTxid() == txid
				&& follower.lag().isZero() && follower.progress().failure() == null);
	}

	private void pass(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

}
