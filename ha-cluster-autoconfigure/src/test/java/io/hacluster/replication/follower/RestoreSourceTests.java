package io.hacluster.replication.follower;

import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.HaClusterException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.RestorePlan;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link RestoreSource}.
 */
class RestoreSourceTests {

	@TempDir
	Path directory;

	private TestLog log;

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
	}

	@AfterEach
	void tearDown() throws Exception {
		this.log.close();
	}

	@Test
	void restoreWhenLogIsEmptyIsEmpty() throws Exception {
		assertThat(source(this.log.store()).restore(target(), RestorePlan.LATEST)).isEmpty();
	}

	@Test
	void restoreBuildsTheSameDatabase() throws Exception {
		this.log.ship();
		ship(10);
		this.log.snapshot();
		ship(5);
		RestoreSource.Restored restored = source(this.log.store()).restore(target(), RestorePlan.LATEST).orElseThrow();
		assertThat(restored.txid()).isEqualTo(16);
		assertSame(15);
		assertThat(source(this.log.store()).restore(target(), 7).orElseThrow().txid()).isEqualTo(7);
		assertSame(6);
	}

	@LitestreamBug(16)
	@Test
	void restoreWhenFileWasRetiredMeanwhilePlansAgainLitestream1270() throws Exception {
		this.log.ship();
		ship(10);
		AtomicInteger failures = new AtomicInteger(2);
		ReplicaStore store = mock(ReplicaStore.class, delegatesTo(this.log.store()));
		doAnswer((call) -> {
			LogEntry entry = call.getArgument(0);
			if (entry.name().maxTxid() == 5 && failures.getAndDecrement() > 0) {
				throw new FileNotFoundException("retired");
			}
			return this.log.store().open(entry);
		}).when(store).open(any());
		assertThat(source(store).restore(target(), RestorePlan.LATEST).orElseThrow().txid()).isEqualTo(11);
		assertSame(10);
	}

	@Test
	void restoreWhenSnapshotIsNotSoundTakesAnotherWay() throws Exception {
		this.log.ship();
		ship(10);
		byte[] snapshot = this.log.source().snapshot();
		snapshot[snapshot.length - 1] ^= 1;
		this.log.append(LtxName.snapshot(11), snapshot);
		assertThat(source(this.log.store()).restore(target(), RestorePlan.LATEST).orElseThrow().txid()).isEqualTo(11);
		assertSame(10);
	}

	@Test
	void restoreWhenThereIsNoWayFailsAndLeavesNothing() throws Exception {
		byte[] first = this.log.source().capture();
		first[first.length - 1] ^= 1;
		this.log.append(LtxName.batch(1), first);
		ship(2);
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> source(this.log.store()).restore(target(), RestorePlan.LATEST))
			.withMessageContaining("0000000000000001-0000000000000001.ltx");
		assertThat(target()).doesNotExist();
	}

	private void ship(int count) throws Exception {
		for (int i = 0; i < count; i++) {
			this.log.transferAndShip(i);
		}
	}

	private RestoreSource source(ReplicaStore store) {
		return new RestoreSource(store, TestLog.identity("node"));
	}

	private Path target() {
		return this.directory.resolve("target.db");
	}

	private void assertSame(int entries) throws Exception {
		Path copy = this.directory.resolve("copy.db");
		Files.deleteIfExists(copy);
		Files.copy(target(), copy);
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
				Statement statement = connection.createStatement()) {
			assertThat(text(statement, "PRAGMA integrity_check")).isEqualTo("ok");
			assertThat(text(statement, "PRAGMA journal_mode")).isEqualTo("wal");
			assertThat(text(statement, "SELECT sum(balance) FROM account")).isEqualTo("" + SourceDatabase.TOTAL);
			assertThat(text(statement, "SELECT count(*) FROM entry")).isEqualTo("" + entries);
		}
	}

	private static String text(Statement statement, String sql) throws Exception {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
