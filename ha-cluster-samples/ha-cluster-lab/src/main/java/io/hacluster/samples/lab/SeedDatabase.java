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

	/**
	 * What fills it.
	 */
	enum Content {

		/** What could be compressed would make the size a fiction. */
		RANDOM,

		/** For where only the size of the files counts. */
		ZERO

	}

	private SeedDatabase() {
	}

	static void create(Path file, int mebibytes, Content filling) throws SQLException {
		try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
				Statement statement = connection.createStatement()) {
			// the mode comes last: all of it would go through the write-ahead log
			statement.execute("PRAGMA journal_mode = OFF");
			statement.execute("PRAGMA synchronous = OFF");
			statement.execute("CREATE TABLE numbered_row (id INTEGER PRIMARY KEY, payload TEXT NOT NULL)");
			statement.execute("CREATE TABLE filler (id INTEGER PRIMARY KEY, content BLOB NOT NULL)");
			Random random = new Random(1);
			byte[] content = new byte[BLOB_BYTES];
			connection.setAutoCommit(false);
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO filler (content) VALUES (?)")) {
				for (int i = 0; i < mebibytes * BLOBS_PER_MIB; i++) {
					if (filling == Content.RANDOM) {
						random.nextBytes(content);
					}
					insert.setBytes(1, content);
					insert.executeUpdate();
				}
			}
			connection.commit();
			connection.setAutoCommit(true);
			statement.execute("PRAGMA journal_mode = WAL");
		}
	}

}
