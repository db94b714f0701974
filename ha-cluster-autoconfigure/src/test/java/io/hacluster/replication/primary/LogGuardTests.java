package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.RestoredDatabase;
import io.hacluster.replication.Writer;
import io.hacluster.replication.ltx.LtxName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LogGuard} on a log in a directory.
 */
class LogGuardTests {

	private static Writer writer;

	@TempDir
	private Path directory;

	private PrimaryFixture fixture;

	private LogGuard guard;

	@BeforeAll
	static void startWriter() {
		writer = new Writer();
	}

	@AfterAll
	static void stopWriter() {
		writer.close();
	}

	@BeforeEach
	void setUp() throws IOException, InterruptedException {
		this.fixture = new PrimaryFixture(this.directory);
		writer.open(this.fixture.database);
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("CREATE TABLE t(v)");
		this.fixture.start(PrimaryPosition.seed());
		this.fixture.awaitLevel();
		writer.insert(10, 100);
		this.fixture.awaitLevel();
		this.guard = new LogGuard(PrimaryFixture.NODE, this.fixture.primary, this.fixture.store, Ticker.SYSTEM);
	}

	@AfterEach
	void tearDown() {
		this.guard.close();
		this.fixture.close();
		writer.closeDatabase();
	}

	@Test
	void auditWhenSnapshotHasBeenRemovedShipsAFullCopyTheSecondTime() throws Exception {
		long before = this.fixture.lastTxid();
		Fence fence = Objects.requireNonNull(this.fixture.primary.shipper().fence());
		for (LogEntry entry : this.fixture.store.list()) {
			if (entry.name().level() == LtxName.LEVEL_SNAPSHOT || entry.name().maxTxid() == 1) {
				Files.delete(this.directory.resolve("log").resolve(entry.name().toString()));
			}
		}
		this.guard.audit(fence);
		this.fixture.awaitLevel();
		assertThat(this.fixture.lastTxid()).as("a single listing proves nothing").isEqualTo(before);
		this.guard.audit(fence);
		await().until(() -> this.fixture.lastTxid() == before + 1);
		this.fixture.awaitLevel();
		try (Snapshotter snapshotter = new Snapshotter(PrimaryFixture.levels(), PrimaryFixture.NODE,
				this.fixture.primary, this.fixture.store, this.fixture.clock, Ticker.SYSTEM)) {
			snapshotter.snapshot();
		}
		Path restored = this.directory.resolve("restored.db");
		RestoredDatabase.restore(this.fixture.store, restored, Long.MAX_VALUE);
		assertThat(RestoredDatabase.dump(restored)).isEqualTo(RestoredDatabase.dump(this.fixture.database));
	}

	/**
	 * Followers have applied what the log had acknowledged: a number that means something
	 * else afterwards would leave their replicas torn without a word.
	 */
	@Test
	void auditWhenTheEndOfTheLogHasBeenRemovedGivesNoNumberOutAgain() throws Exception {
		writer.insert(1, 100);
		this.fixture.awaitLevel();
		writer.insert(1, 100);
		this.fixture.awaitLevel();
		long acknowledged = this.fixture.lastTxid();
		Fence fence = Objects.requireNonNull(this.fixture.primary.shipper().fence());
		for (LogEntry entry : this.fixture.store.list()) {
			if (entry.name().level() == LtxName.LEVEL_BATCH && entry.name().maxTxid() > acknowledged - 2) {
				Files.delete(this.directory.resolve("log").resolve(entry.name().toString()));
			}
		}
		this.guard.audit(fence);
		this.guard.audit(fence);
		await().until(() -> this.fixture.lastTxid() > acknowledged - 2);
		assertThat(this.fixture.lastTxid()).isEqualTo(acknowledged + 1);
		assertThat(this.fixture.store.list()).extracting(LogEntry::name)
			.doesNotContain(LtxName.batch(acknowledged - 1), LtxName.batch(acknowledged));
	}

	@Test
	void auditWhenAllIsThereDoesNothing() throws Exception {
		long before = this.fixture.lastTxid();
		Fence fence = Objects.requireNonNull(this.fixture.primary.shipper().fence());
		for (int i = 0; i < 3; i++) {
			this.guard.audit(fence);
		}
		this.fixture.awaitLevel();
		assertThat(this.fixture.lastTxid()).isEqualTo(before);
		assertThat(this.fixture.primary.status().storeErrors()).isZero();
		assertThat(this.fixture.primary.status().snapshots()).isOne();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void startWhenANewerLeaderHasTheLogSaysThatThisOneIsSuperseded(CapturedOutput output) {
		this.fixture.store.fence(new Epoch(2), new NodeIdentity("test", new NodeId("node-b"), "nonce-b")).close();
		this.guard.start();
		await().until(() -> this.fixture.fenced.get() != null);
		assertThat(output).contains("The log has the fence of a newer leader: this node is superseded")
			.doesNotContain("the whole database shipped");
	}

	@Test
	void startWhenContentOfTheLogIsRemovedBuildsAnotherLog() throws Exception {
		this.guard.start();
		Path removed = Files.createDirectory(this.directory.resolve("removed"));
		for (String name : new String[] { "ltx", "terms" }) {
			Files.move(this.directory.resolve("log").resolve(name), removed.resolve(name));
		}
		await().untilAsserted(() -> assertThat(this.fixture.lastTxid()).isOne());
		writer.insert(5, 100);
		this.fixture.assertShipped();
	}

}
