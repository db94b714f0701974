package io.hacluster.replication.primary;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.connection.DatabaseConnections;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A wal-index that a writer is changing, or has left half-changed when it died.
 */
class PrimaryDatabaseTests {

	@TempDir
	Path directory;

	private Connection writer;

	private PrimaryDatabase database;

	/** Open to the end: closing it would drop the locks of this JVM. */
	private RandomAccessFile index;

	@BeforeEach
	void open() throws Exception {
		Path path = this.directory.resolve("data.db");
		this.writer = DriverManager.getConnection("jdbc:sqlite:" + path);
		execute("PRAGMA journal_mode=WAL");
		execute("CREATE TABLE t (x)");
		this.database = new PrimaryDatabase(path, new PrimaryDatabaseFile(path), Duration.ofSeconds(1));
		this.index = new RandomAccessFile(path + "-shm", "rw");
	}

	@AfterEach
	void close() throws Exception {
		this.database.close();
		this.writer.close();
		this.index.close();
	}

	@Test
	void stateWhenTheWalIndexIsHalfChangedIsThatOfTheLog() throws Exception {
		PrimaryWalState before = this.database.state();
		leaveHalfChanged();
		assertThat(this.database.state().frames()).isEqualTo(before.frames());
	}

	/**
	 * Shipping must not be stuck for ever in a transaction that nobody ends.
	 */
	@Test
	void stateWhenTheWalIndexIsHalfChangedIsToldAlsoWithinATransaction() throws Exception {
		Connection spare = this.database.connections().spare();
		DatabaseConnections.beginRead(spare);
		leaveHalfChanged();
		assertThat(this.database.state().frames()).isPositive();
		DatabaseConnections.execute(spare, "ROLLBACK");
		execute("INSERT INTO t VALUES (1)");
		assertThat(this.database.renewReadLock().frames()).isEqualTo(this.database.state().frames());
	}

	private void leaveHalfChanged() throws Exception {
		this.index.seek(16);
		int frames = this.index.readInt();
		this.index.seek(16);
		this.index.writeInt(frames + 1);
	}

	private void execute(String sql) throws Exception {
		try (Statement statement = this.writer.createStatement()) {
			statement.execute(sql);
		}
	}

}
