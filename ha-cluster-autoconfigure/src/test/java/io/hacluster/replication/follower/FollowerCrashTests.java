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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import io.hacluster.Ticker;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Kills followers while they apply, and looks at what they leave behind (Litestream's
 * follower was left torn by a crash in the middle of applying).
 */
class FollowerCrashTests {

	private static final int KILLS = 6;

	/** Each kill hits that many followers, wherever each of them is. */
	private static final int FOLLOWERS = 10;

	private static final int[] PAGE_SIZES = { 512, 4096, 65536 };

	@TempDir
	Path directory;

	@LitestreamBug(26)
	@ParameterizedTest
	@FieldSource("PAGE_SIZES")
	void killedAtRandomMomentsNeverLeavesATornReplica(int pageSize) throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		int kills = (pageSize == 4096) ? KILLS : 1;
		try (TestLog log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"), pageSize);
				ShippingThread shipping = new ShippingThread(log)) {
			log.ship();
			shipping.start();
			long[] last = new long[FOLLOWERS];
			ReaderProcess reader = null;
			// and on until each has applied something before it was killed
			for (int kill = 0; kill < kills || LongStream.of(last).anyMatch((count) -> count == 0); kill++) {
				Process process = child();
				try (BufferedReader output = new BufferedReader(
						new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
					assertThat(output.readLine()).isEqualTo("following");
					LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(120_000)));
					process.destroyForcibly();
					assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
				}
				// from now on the wal-index outlives the followers
				reader = (reader != null) ? reader : ReaderProcess.start(replica(this.directory, 0), 2);
				for (int i = 0; i < FOLLOWERS; i++) {
					last[i] = assertSound(i, last[i], "seed %d, kill %d of follower %d".formatted(seed, kill, i));
				}
			}
			shipping.close();
			assertThat(shipping.failure).isNull();
			for (int i = 0; i < FOLLOWERS; i++) {
				assertCatchesUp(log, i);
			}
			ReaderProcess outliving = reader;
			await().until(() -> outliving.reads() > 0);
			assertThat(reader.stop()).as("seed %d, what a reader saw that outlived them all", seed).isEmpty();
		}
	}

	private long assertSound(int number, long last, String what) throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + replica(this.directory, number));
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

	private void assertCatchesUp(TestLog log, int number) throws Exception {
		FollowerCounters counters = new FollowerCounters();
		Follower follower = follower(log.store(), this.directory, number, counters);
		follower.start();
		await().until(() -> follower.progress().txid() == log.source().txid());
		long count = assertSound(number, 0, "at the end");
		assertThat(count).isEqualTo(log.source().query("SELECT count(*) FROM entry"));
		assertThat(counters.restores()).as("nothing had to be restored").isZero();
		follower.stop(Duration.ofSeconds(10));
	}

	private static Path replica(Path directory, int number) {
		return directory.resolve("replica" + number + ".db");
	}

	private Process child() throws Exception {
		return new ProcessBuilder(JavaProcess.command(FollowerCrashTests.class, "128m", this.directory.toString()))
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	private static Follower follower(ReplicaStore store, Path directory, int number, FollowerCounters counters) {
		ReplicaFiles files = new ReplicaFiles(directory.resolve("data" + number + ".db"), replica(directory, number),
				10, TestLog.identity("follower"), Clock.systemUTC(), (database) -> {
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
		List<Follower> followers = new ArrayList<>();
		for (int i = 0; i < FOLLOWERS; i++) {
			followers.add(follower(store, directory, i, new FollowerCounters()));
		}
		followers.forEach(Follower::start);
		for (Follower follower : followers) {
			long before = follower.progress().txid();
			follower.progress().await(() -> follower.progress().txid() > before, Duration.ofSeconds(60));
		}
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
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
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
