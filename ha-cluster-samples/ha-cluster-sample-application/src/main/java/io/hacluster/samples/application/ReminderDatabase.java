package io.hacluster.samples.application;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

import io.hacluster.Leadership;
import io.hacluster.event.OnLeadership;
import io.hacluster.event.OnLeadershipLost;

/**
 * The database, which is open on the leader only, and the replica that each follower has
 * instead. Thread-safe: one connection, one caller at a time.
 */
@Component
class ReminderDatabase {

	/** Long enough for the short write barrier of the replication. */
	private static final int BUSY_TIMEOUT_MILLIS = 5_000;

	private final Leadership leadership;

	private final String path;

	private final String replicaPath;

	private @Nullable SingleConnectionDataSource open;

	ReminderDatabase(Leadership leadership, @Value("${ha.cluster.sqlite.path}") String path,
			@Value("${ha.cluster.sqlite.replica-path}") String replicaPath) {
		this.leadership = leadership;
		this.path = path;
		this.replicaPath = replicaPath;
	}

	@OnLeadership
	synchronized void open() throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
		config.setJournalMode(JournalMode.WAL);
		this.open = new SingleConnectionDataSource(config.createConnection("jdbc:sqlite:" + this.path), true);
		JdbcClient.create(this.open).sql("""
				CREATE TABLE IF NOT EXISTS reminder (
					id INTEGER PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL, sent_by TEXT)""").update();
	}

	/**
	 * Waits for the write in progress: from then on the file belongs to the replication.
	 */
	@OnLeadershipLost
	synchronized void close() {
		if (this.open != null) {
			this.open.destroy();
			this.open = null;
		}
	}

	/**
	 * Does something with the database that only the leader may do.
	 * @param work what to do
	 * @return what the work returns
	 * @throws NotLeaderException if this node does not lead, or no longer
	 */
	synchronized <T> T write(Function<JdbcClient, T> work) {
		if (this.open == null || !this.leadership.isLeader()) {
			throw new NotLeaderException(this.leadership);
		}
		return work.apply(JdbcClient.create(this.open));
	}

	/**
	 * Reads: on the leader the database, on a follower its replica.
	 * @param work what to read
	 * @return what the work returns
	 */
	<T> T read(Function<JdbcClient, T> work) {
		synchronized (this) {
			if (this.open != null) {
				return work.apply(JdbcClient.create(this.open));
			}
		}
		// A connection of its own each time: the file may be another one by now.
		SQLiteConfig config = new SQLiteConfig();
		config.setReadOnly(true);
		try (Connection replica = config.createConnection("jdbc:sqlite:" + this.replicaPath)) {
			return work.apply(JdbcClient.create(new SingleConnectionDataSource(replica, true)));
		}
		catch (SQLException ex) {
			throw new IllegalStateException("There is no replica to read yet", ex);
		}
	}

}
