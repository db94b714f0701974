package io.hacluster.replication.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.restore.RestoreListener;
import io.hacluster.replication.restore.RestoreRequest;
import io.hacluster.replication.restore.Restorer;
import io.hacluster.test.Litestream;
import io.hacluster.test.Requirements;
import io.hacluster.test.SqliteShell;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database that grows beyond 1 GiB, where SQLite has its lock page, which no LTX file
 * holds. Its pages are almost empty, so that the log is small.
 */
@Timeout(300)
class LargeDatabaseTests {

	private static final int PAGE_SIZE = 65536;

	private static final long LOCK_PAGE = 0x40000000L / PAGE_SIZE + 1;

	@TempDir
	private Path directory;

	@Test
	void databaseThatGrowsOverTheLockPageIsRestoredByUsAndByLitestream() throws Exception {
		Requirements.require(Files.getFileStore(this.directory).getUsableSpace() > 6L << 30,
				"there are no 6 GiB of disk for a database of more than 1 GiB and its copies");
		Path log = this.directory.resolve("log");
		try (PeerNode node = new PeerNode(this.directory.resolve("node"), (id) -> new LocalReplicaStore(log, id))) {
			try (SqliteShell writer = SqliteShell.open(node.database())) {
				createUpTo(writer, LOCK_PAGE - 40);
			}
			node.promote();
			try (SqliteShell writer = SqliteShell.open(node.database())) {
				node.replicate();
				while (pages(writer) < LOCK_PAGE + 40) {
					writer.run("INSERT INTO t SELECT max(n) + 1, zeroblob(700000), 'live' FROM t;");
				}
				writer.run("UPDATE t SET remark = 'seen' WHERE n % 100 = 0;");
			}
			node.flush();
			assertThat(Files.size(node.database())).isGreaterThan(1L << 30);
			assertRestored(log, node.database());
		}
	}

	private void assertRestored(Path log, Path database) throws IOException {
		Path target = this.directory.resolve("restored.db");
		Litestream.restore("file://" + log, target);
		assertThat(Files.mismatch(target, database)).as("restored by Litestream").isEqualTo(-1);
		NodeIdentity reader = new NodeIdentity("peer", new NodeId("reader"), "nonce");
		try (ReplicaStore store = new LocalReplicaStore(log, reader)) {
			new Restorer(store, reader).restore(
					RestoreRequest.to(target).overwriting().checked(RestoreRequest.Check.QUICK), RestoreListener.NONE);
		}
		assertThat(Files.mismatch(target, database)).as("restored by us").isEqualTo(-1);
		try (SqliteShell reading = Litestream.open("file://" + log)) {
			assertThat(reading.run("SELECT count(*) > 1000, max(length(v)), sum(remark = 'seen') > 10 FROM t;"))
				.containsExactly("1|700000|1");
		}
	}

	private static void createUpTo(SqliteShell writer, long pages) {
		writer.run("PRAGMA page_size=" + PAGE_SIZE
				+ "; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE t (n INTEGER PRIMARY KEY, v, remark);");
		writer.run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < " + pages / 11
				+ ") INSERT INTO t SELECT i, zeroblob(700000), 'before' FROM c;");
		assertThat(pages(writer)).isBetween(pages - 40, pages + 20);
		writer.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
	}

	private static long pages(SqliteShell writer) {
		return Long.parseLong(writer.run("PRAGMA page_count;").get(0));
	}

}
