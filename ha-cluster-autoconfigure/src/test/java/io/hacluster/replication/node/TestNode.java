package io.hacluster.replication.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationListener;
import io.hacluster.replication.ReplicationSettings;
import io.hacluster.replication.follower.FollowerSettings;
import io.hacluster.replication.primary.Primary;
import io.hacluster.replication.primary.PrimarySettings;

import static org.awaitility.Awaitility.await;

/**
 * A node whose replication a test drives as the two sequences do, with this JVM as the
 * backend.
 */
final class TestNode implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Path directory;

	private final ReplicaStore store;

	private final SqliteReplication replication;

	final List<DivergedDatabase> diverged = new CopyOnWriteArrayList<>();

	private Connection backend;

	TestNode(String name, Path directory, Function<NodeIdentity, ReplicaStore> stores) throws IOException {
		this.directory = Files.createDirectories(directory);
		NodeIdentity identity = new NodeIdentity("test", new NodeId(name), name + "-" + System.nanoTime());
		this.store = stores.apply(identity);
		ReplicationSettings settings = new ReplicationSettings(path(), replica(), Duration.ofHours(1),
				Duration.ofHours(24));
		this.replication = new SqliteReplication(settings, PrimarySettings.defaults(),
				new FollowerSettings(300, Duration.ofSeconds(10), Duration.ofMillis(200), Duration.ofSeconds(10)),
				identity, this.store, new ReplicationListener() {

					@Override
					public void diverged(DivergedDatabase database) {
						TestNode.this.diverged.add(database);
					}

					@Override
					public void fenced(FencedException cause) {
						// expected
					}

				}, Clock.systemUTC(), Ticker.SYSTEM);
	}

	Path path() {
		return this.directory.resolve("data.db");
	}

	Path replica() {
		return this.directory.resolve("replica.db");
	}

	SqliteReplication replication() {
		return this.replication;
	}

	ReplicaStore store() {
		return this.store;
	}

	void follow() throws Exception {
		this.replication.startFollowing(TIMEOUT);
	}

	void catchUp() throws Exception {
		this.replication.awaitCaughtUp(TIMEOUT);
	}

	/**
	 * Steps 2 to 4 of becoming leader.
	 */
	void promote(long epoch) throws Exception {
		this.replication.fenceAndCatchUp(new Epoch(epoch), TIMEOUT);
		this.replication.stopFollowing(TIMEOUT);
		this.replication.promote();
	}

	/**
	 * All steps of becoming leader.
	 */
	void lead(long epoch) throws Exception {
		promote(epoch);
		startBackend();
		this.replication.awaitDatabase(TIMEOUT);
		this.replication.startPrimary();
		this.replication.startSnapshots();
	}

	void startBackend() throws SQLException {
		this.backend = DriverManager.getConnection("jdbc:sqlite:" + path());
		execute("PRAGMA journal_mode=WAL");
		execute("CREATE TABLE IF NOT EXISTS row (n INTEGER PRIMARY KEY, v TEXT)");
	}

	void execute(String sql) throws SQLException {
		try (Statement statement = this.backend.createStatement()) {
			statement.execute(sql);
		}
	}

	void insert(int from, int to) throws SQLException {
		for (int i = from; i < to; i++) {
			execute("INSERT INTO row VALUES (" + i + ", 'row " + i + "')");
		}
	}

	void awaitShipped() {
		await().atMost(TIMEOUT).until(() -> {
			Primary primary = this.replication.requireTerm().primary();
			return primary.status().txid() > 0 && primary.isLevel();
		});
	}

	/**
	 * All steps of stepping down.
	 */
	boolean stepDown() throws Exception {
		this.replication.stopSnapshots(TIMEOUT);
		this.replication.stopPrimary(TIMEOUT);
		this.backend.close();
		boolean flushed = this.replication.flush(TIMEOUT);
		this.replication.startFollowing(TIMEOUT);
		return flushed;
	}

	/**
	 * The steps of stepping down as an application goes through them that does not close
	 * its own connection.
	 */
	void stepDownWithBackendOpen() throws Exception {
		this.replication.stopSnapshots(TIMEOUT);
		this.replication.stopPrimary(TIMEOUT);
		this.replication.flush(Duration.ofSeconds(1));
		this.replication.startFollowing(TIMEOUT);
	}

	void closeBackend() throws SQLException {
		this.backend.close();
	}

	/**
	 * Copies the files as a crash at this moment would leave them.
	 */
	void copyTo(Path target) throws IOException {
		Files.createDirectories(target.resolve("data.db-ha"));
		Path replica = replica();
		for (String name : List.of("data.db", "data.db-wal", "data.db-ha/position")) {
			copy(this.directory.resolve(name), target.resolve(name));
		}
		if (Files.isSymbolicLink(replica)) {
			Path file = this.directory.resolve(Files.readSymbolicLink(replica));
			copy(file, target.resolve("replica.db"));
			copy(file.resolveSibling("replica.db-wal"), target.resolve("replica.db-wal"));
		}
	}

	private static void copy(Path file, Path target) throws IOException {
		if (Files.exists(file)) {
			Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
		}
	}

	/**
	 * Reads the rows of a database that may not be there yet: it is never created by
	 * this.
	 */
	List<Integer> rows(Path database) throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.resetOpenMode(SQLiteOpenMode.CREATE);
		List<Integer> rows = new ArrayList<>();
		try (Connection connection = config.createConnection("jdbc:sqlite:" + database);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT n FROM row ORDER BY n")) {
			while (result.next()) {
				rows.add(result.getInt(1));
			}
		}
		catch (SQLiteException ex) {
			if (ex.getResultCode() != SQLiteErrorCode.SQLITE_CANTOPEN) {
				throw ex;
			}
		}
		return rows;
	}

	@Override
	public void close() throws Exception {
		if (this.backend != null) {
			this.backend.close();
		}
		this.replication.close();
		this.store.close();
	}

}
