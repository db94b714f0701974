package io.hacluster.replication.follower;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Ticker;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.local.LocalReplicaStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Kills followers while they apply, and looks at what they leave behind (Litestream's
 * follower was left torn by a crash in the middle of applying).
 */
class FollowerCrashTests {

	private static final int KILLS = 12;

	@TempDir
	Path directory;

	@Test
	void killedAtRandomMomentsNeverLeavesATornReplica() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		try (TestLog log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
				ShippingThread shipping = new ShippingThread(log)) {
			log.ship();
			shipping.start();
			long last = 0;
			ReaderProcess reader = null;
			for (int kill = 0; kill < KILLS; kill++) {
				Process process = child();
				try (BufferedReader output = new BufferedReader(
						new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
					assertThat(output.readLine()).isEqualTo("following");
					LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(120_000)));
					process.destroyForcibly();
					assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
				}
				// from now on the wal-index outlives the followers
				reader = (reader != null) ? reader : ReaderProcess.start(this.directory.resolve("replica.db"), 2);
				last = assertSound(last, "seed %d, kill %d".formatted(seed, kill));
			}
			shipping.close();
			assertThat(shipping.failure).isNull();
			assertCatchesUp(log);
			long reads = reader.reads();
			assertThat(reader.stop()).as("seed %d, what a reader saw that outlived them all", seed).isEmpty();
			assertThat(reads).isGreaterThan(KILLS);
			assertThat(last).isGreaterThan(0);
		}
	}

	private long assertSound(long last, String what) throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.directory.resolve("replica.db"));
				Statement statement = connection.createStatement()) {
			assertThat(query(statement, "SELECT sum(balance) FROM account")).as(what).isEqualTo(SourceDatabase.TOTAL);
			long count = query(statement, "SELECT count(*) FROM entry");
			assertThat(count).as(what).isGreaterThanOrEqualTo(last);
			try (ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
				result.next();
				assertThat(result.getString(1)).as(what).isEqualTo("ok");
			}
			return count;
		}
	}

	private void assertCatchesUp(TestLog log) throws Exception {
		FollowerCounters counters = new FollowerCounters();
		Follower follower = follower(log.store(), this.directory, counters);
		follower.start();
		await().atMost(Duration.ofSeconds(30)).until(() -> follower.progress().txid() == log.source().txid());
		long count = assertSound(0, "at the end");
		assertThat(count).isEqualTo(log.source().query("SELECT count(*) FROM entry"));
		assertThat(counters.restores()).as("nothing had to be restored").isZero();
		follower.stop(Duration.ofSeconds(10));
	}

	private Process child() throws Exception {
		return new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx128m", "-XX:TieredStopAtLevel=1",
				"-Xshare:auto", "-cp", System.getProperty("java.class.path"), FollowerCrashTests.class.getName(),
				this.directory.toString())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	private static Follower follower(ReplicaStore store, Path directory, FollowerCounters counters) {
		ReplicaFiles files = new ReplicaFiles(directory.resolve("data.db"), directory.resolve("replica.db"), 10,
				TestLog.identity("follower"), Clock.systemUTC(), (database) -> {
					throw new AssertionError(database.reason());
				});
		FollowerSettings settings = new FollowerSettings(100, Duration.ofMillis(50), Duration.ofMillis(200),
				Duration.ofSeconds(10));
		return new Follower(settings, TestLog.identity("follower"), store, files, counters, Clock.systemUTC(),
				Ticker.SYSTEM);
	}

	private static long query(Statement statement, String sql) throws Exception {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

	/**
	 * Follows until killed.
	 * @param args the directory
	 */
	public static void main(String[] args) throws Exception {
		Path directory = Path.of(args[0]);
		java.io.PrintStream out = System.out;
		System.setOut(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
		LocalReplicaStore store = new LocalReplicaStore(directory.resolve("log"), TestLog.identity("follower"));
		Follower follower = follower(store, directory, new FollowerCounters());
		follower.start();
		long before = follower.progress().txid();
		follower.progress().await(() -> follower.progress().txid() > before, Duration.ofSeconds(60));
		out.println("following");
		Thread.sleep(60_000);
	}

	private static final class ShippingThread extends Thread implements AutoCloseable {

		private final TestLog log;

		private volatile boolean closed;

		private volatile Throwable failure;

		ShippingThread(TestLog log) {
			this.log = log;
		}

		@Override
		public void run() {
			try {
				for (int i = 0; !this.closed; i++) {
					this.log.transferAndShip(i);
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
				}
			}
			catch (Exception ex) {
				this.failure = ex;
			}
		}

		@Override
		public void close() throws InterruptedException {
			this.closed = true;
			join();
		}

	}

}
