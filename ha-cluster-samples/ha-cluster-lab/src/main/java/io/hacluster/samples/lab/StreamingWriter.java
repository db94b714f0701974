package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import org.sqlite.JDBC;

/**
 * Commits rows of 1 KB, one to a transaction, to one database after another, in a process
 * of its own, and notes how many it got in.
 */
final class StreamingWriter {

	static final String COMMAND = "streaming-writer";

	private static final int ROW_BYTES = 1024;

	private static final Duration PAUSE = Duration.ofMillis(1500);

	private final Random random = new Random(1);

	private final byte[] row = new byte[ROW_BYTES];

	private StreamingWriter() {
	}

	/**
	 * Writes and then ends.
	 * @param arguments the value of {@code PRAGMA synchronous}, that of
	 * {@code PRAGMA wal_autocheckpoint}, commits per second or 0 for as many as possible,
	 * rounds, milliseconds for each database in a round, file for the results, database
	 * files
	 * @throws SQLException if a database cannot be written
	 * @throws IOException if the results cannot be written
	 */
	static void run(List<String> arguments) throws SQLException, IOException {
		int rate = Integer.parseInt(arguments.get(2));
		int rounds = Integer.parseInt(arguments.get(3));
		Duration turn = Duration.ofMillis(Integer.parseInt(arguments.get(4)));
		List<String> files = arguments.subList(6, arguments.size());
		StreamingWriter writer = new StreamingWriter();
		try (PrintWriter results = new PrintWriter(Path.of(arguments.get(5)).toFile(), StandardCharsets.UTF_8)) {
			for (int round = 0; round < rounds; round++) {
				for (int i = 0; i < files.size(); i++) {
					// nobody always comes first
					int index = (round + i) % files.size();
					try (Connection connection = open(files.get(index), arguments.get(0), arguments.get(1))) {
						long start = PacedWriter.micros();
						long commits = writer.write(connection, rate, turn);
						results.println(new Turn(round, index, start, PacedWriter.micros(), commits).line());
						results.flush();
					}
					BenchmarkContext.pause((files.size() > 1) ? PAUSE : Duration.ZERO);
				}
			}
		}
	}

	private static Connection open(String file, String synchronous, String autocheckpoint) throws SQLException {
		Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout = 5000");
			statement.execute("PRAGMA synchronous = " + synchronous);
			statement.execute("PRAGMA wal_autocheckpoint = " + autocheckpoint);
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	private long write(Connection connection, int rate, Duration turn) throws SQLException {
		try (PreparedStatement insert = connection.prepareStatement("INSERT INTO filler (content) VALUES (?)")) {
			long start = System.nanoTime();
			long commits = 0;
			for (long now = start; now - start < turn.toNanos(); now = System.nanoTime()) {
				long wait = (rate > 0) ? start + commits * 1_000_000_000L / rate - now : 0;
				if (wait > 0) {
					LockSupport.parkNanos(wait);
				}
				this.random.nextBytes(this.row);
				insert.setBytes(1, this.row);
				insert.executeUpdate();
				commits++;
			}
			return commits;
		}
	}

	/**
	 * The time that one database had.
	 *
	 * @param round number of the round, from 0 on
	 * @param database number of the database, from 0 on
	 * @param start when it began, in microseconds since 1970
	 * @param end when it ended
	 * @param commits how many commits there were
	 */
	record Turn(int round, int database, long start, long end, long commits) {

		String line() {
			return "%d %d %d %d %d".formatted(this.round, this.database, this.start, this.end, this.commits);
		}

		static Turn parse(String line) {
			String[] parts = line.split(" ");
			return new Turn(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]),
					Long.parseLong(parts[3]), Long.parseLong(parts[4]));
		}

		double commitsPerSecond() {
			return this.commits * 1e6 / (this.end - this.start);
		}

	}

}
