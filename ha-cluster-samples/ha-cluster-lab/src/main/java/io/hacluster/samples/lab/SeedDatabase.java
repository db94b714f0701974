package io.hacluster.samples.lab;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Random;

import org.sqlite.JDBC;

/**
 * Makes a database of a given size.
 */
final class SeedDatabase {

	private static final int BLOB_BYTES = 64 * 1024;

	private static final int BLOBS_PER_MIB = 16;

	private SeedDatabase() {
	}

	static void create(Path file, int mebibytes) throws SQLException {
		try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode = WAL");
			statement.execute("PRAGMA synchronous = OFF");
			statement.execute("CREATE TABLE numbered_row (id INTEGER PRIMARY KEY, payload TEXT NOT NULL)");
			statement.execute("CREATE TABLE filler (id INTEGER PRIMARY KEY, content BLOB NOT NULL)");
			// Random content: what could be compressed would make the size a fiction.
			Random random = new Random(1);
			byte[] content = new byte[BLOB_BYTES];
			connection.setAutoCommit(false);
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO filler (content) VALUES (?)")) {
				for (int i = 0; i < mebibytes * BLOBS_PER_MIB; i++) {
					random.nextBytes(content);
					insert.setBytes(1, content);
					insert.executeUpdate();
				}
			}
			connection.commit();
		}
	}

}
