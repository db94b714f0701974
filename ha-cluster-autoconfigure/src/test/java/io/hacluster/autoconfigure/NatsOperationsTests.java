package io.hacluster.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.operation.OperationResult;
import io.hacluster.operation.OperationResult.Outcome;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Switchovers on a real server, with a writer who keeps a ledger of what it was told is
 * committed.
 */
class NatsOperationsTests {

	private final AtomicLong next = new AtomicLong();

	private final Set<Long> ledger = new HashSet<>();

	@TempDir
	Path directory;

	@Test
	void switchoversLoseNothing() throws Exception {
		try (NatsServer server = NatsServer.start(Files.createDirectories(this.directory.resolve("nats")));
				OperatedCluster cluster = new OperatedCluster("ha.cluster.name=test", "ha.cluster.store=nats",
						"ha.cluster.nats.servers=" + server.url(), "ha.cluster.election.lease-duration=60s",
						"ha.cluster.election.renew-interval=1s")) {
			cluster.start("a", sqlite("a"));
			cluster.awaitLeader("a");
			execute("a", "CREATE TABLE t (x INTEGER PRIMARY KEY)");
			cluster.start("b", sqlite("b")).start("c", sqlite("c"));
			switchOver(cluster, "a", "b");
			// A named node takes over in a pause as well
			cluster.operations("a").pause("maintenance");
			cluster.awaitPaused(true);
			switchOver(cluster, "b", "c");
			assertThat(cluster.leaders).containsExactly("a", "b", "c");
		}
	}

	private void switchOver(OperatedCluster cluster, String from, String target) throws Exception {
		write(from, 20);
		OperationResult result = cluster.operations("a").switchover(new NodeId(target), OperatedCluster.PATIENCE);
		assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
		assertThat(result.leader()).isEqualTo(new NodeId(target));
		await().ignoreExceptions()
			.untilAsserted(() -> assertThat(rows(target)).containsExactlyInAnyOrderElementsOf(this.ledger));
		cluster.awaitLeader(target);
	}

	private String sqlite(String node) throws Exception {
		Files.createDirectories(this.directory.resolve(node));
		return "ha.cluster.sqlite.path=" + database(node);
	}

	private Path database(String node) {
		return this.directory.resolve(node).resolve("data.db");
	}

	private void write(String node, int rows) throws SQLException {
		for (int i = 0; i < rows; i++) {
			long row = this.next.incrementAndGet();
			execute(node, "INSERT INTO t VALUES (" + row + ")");
			this.ledger.add(row);
		}
	}

	private void execute(String node, String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database(node));
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			statement.execute(sql);
		}
	}

	private Set<Long> rows(String node) throws SQLException {
		Set<Long> found = new HashSet<>();
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database(node));
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("SELECT x FROM t")) {
			while (rows.next()) {
				found.add(rows.getLong(1));
			}
		}
		return found;
	}

}
