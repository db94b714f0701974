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
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

import org.sqlite.JDBC;

/**
 * Commits the same rows straight to one or several database files at a fixed rate, in a
 * process of its own, and notes the time of each commit.
 */
final class PacedWriter {

	static final String COMMAND = "paced-writer";

	private final List<Connection> connections = new ArrayList<>();

	private final List<PreparedStatement> inserts = new ArrayList<>();

	private PacedWriter() {
	}

	/**
	 * Writes and then ends.
	 * @param arguments commits per second, number of commits, file for the times,
	 * database files
	 * @throws SQLException if a database cannot be written
	 * @throws IOException if the times cannot be written
	 */
	static void run(List<String> arguments) throws SQLException, IOException {
		int rate = Integer.parseInt(arguments.get(0));
		int commits = Integer.parseInt(arguments.get(1));
		PacedWriter writer = new PacedWriter();
		try (PrintWriter times = new PrintWriter(Path.of(arguments.get(2)).toFile(), StandardCharsets.UTF_8)) {
			long first = 0;
			for (String file : arguments.subList(3, arguments.size())) {
				first = Math.max(first, writer.open(file));
			}
			writer.write(first, rate, commits, times);
		}
		finally {
			for (Connection connection : writer.connections) {
				connection.close();
			}
		}
	}

	private long open(String file) throws SQLException {
		Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
		this.connections.add(connection);
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout = 5000");
			statement.execute("PRAGMA synchronous = FULL");
			this.inserts.add(connection.prepareStatement("INSERT INTO numbered_row (id, payload) VALUES (?, ?)"));
			try (ResultSet result = statement.executeQuery("SELECT coalesce(max(id), 0) + 1 FROM numbered_row")) {
				return result.getLong(1);
			}
		}
	}

	private void write(long first, int rate, int commits, PrintWriter times) throws SQLException {
		long start = System.nanoTime();
		for (int i = 0; i < commits; i++) {
			long wait = start + i * 1_000_000_000L / rate - System.nanoTime();
			if (wait > 0) {
				LockSupport.parkNanos(wait);
			}
			times.print(first + i);
			for (PreparedStatement insert : this.inserts) {
				insert.setLong(1, first + i);
				insert.setString(2, Rows.payload(first + i));
				insert.executeUpdate();
				times.print(" " + micros());
			}
			times.println();
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
