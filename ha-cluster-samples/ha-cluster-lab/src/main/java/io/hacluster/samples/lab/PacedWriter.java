package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

import org.sqlite.JDBC;

/**
 * Commits rows straight to a database file at a fixed rate, in a process of its own, and
 * notes the time of each commit.
 */
final class PacedWriter {

	static final String COMMAND = "paced-writer";

	private PacedWriter() {
	}

	/**
	 * Writes and then ends.
	 * @param arguments database file, commits per second, number of commits, file for the
	 * times
	 * @throws SQLException if the database cannot be written
	 * @throws IOException if the times cannot be written
	 */
	static void run(List<String> arguments) throws SQLException, IOException {
		int rate = Integer.parseInt(arguments.get(1));
		int commits = Integer.parseInt(arguments.get(2));
		try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + arguments.get(0), new Properties());
				PrintWriter times = new PrintWriter(Path.of(arguments.get(3)).toFile(), StandardCharsets.UTF_8)) {
			long first = prepare(connection);
			try (PreparedStatement insert = connection
				.prepareStatement("INSERT INTO numbered_row (id, payload) VALUES (?, ?)")) {
				write(insert, first, rate, commits, times);
			}
		}
	}

	private static long prepare(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout = 5000");
			statement.execute("PRAGMA synchronous = FULL");
			try (ResultSet result = statement.executeQuery("SELECT coalesce(max(id), 0) + 1 FROM numbered_row")) {
				return result.getLong(1);
			}
		}
	}

	private static void write(PreparedStatement insert, long first, int rate, int commits, PrintWriter times)
			throws SQLException {
		long start = System.nanoTime();
		for (int i = 0; i < commits; i++) {
			long wait = start + i * 1_000_000_000L / rate - System.nanoTime();
			if (wait > 0) {
				LockSupport.parkNanos(wait);
			}
			insert.setLong(1, first + i);
			insert.setString(2, Rows.payload(first + i));
			insert.executeUpdate();
			times.println((first + i) + " " + micros());
		}
	}

	/**
	 * Returns the time that the processes of one machine share.
	 * @return microseconds since 1970
	 */
	static long micros() {
		return ChronoUnit.MICROS.between(Instant.EPOCH, Clock.systemUTC().instant());
	}

}
