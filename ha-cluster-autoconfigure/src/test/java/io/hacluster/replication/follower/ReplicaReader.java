package io.hacluster.replication.follower;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.hacluster.replication.SourceDatabase;

/**
 * A thread that reads a replica over and over and remembers if the invariant was ever
 * broken.
 */
final class ReplicaReader implements AutoCloseable {

	private final Path database;

	private final Thread thread;

	private volatile boolean closed;

	private volatile String worst;

	ReplicaReader(Path database) {
		this.database = database;
		this.thread = new Thread(this::run, "replica-reader");
		this.thread.start();
	}

	private void run() {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.database);
				Statement statement = connection.createStatement()) {
			while (!this.closed) {
				try (ResultSet result = statement.executeQuery("SELECT sum(balance) FROM account")) {
					if (result.next() && result.getLong(1) != SourceDatabase.TOTAL) {
						this.worst = "sum is " + result.getLong(1);
					}
				}
			}
		}
		catch (SQLException ex) {
			this.worst = ex.toString();
		}
	}

	String worst() {
		return this.worst;
	}

	@Override
	public void close() throws Exception {
		this.closed = true;
		this.thread.join(10_000);
	}

}
