package io.hacluster.replication;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A writer in a process of its own, with SQLite's own checkpoints on. Reads commands, one
 * a line, and answers each with one line. See {@link Writer}.
 */
final class WriterMain {

	private WriterMain() {
	}

	public static void main(String[] args) throws IOException {
		PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		Connection connection = null;
		out.println("ok ready");
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			try {
				String[] parts = line.split(" ", 2);
				String rest = (parts.length > 1) ? parts[1] : "";
				if (parts[0].equals("open")) {
					connection = DriverManager.getConnection("jdbc:sqlite:" + rest);
					sql(connection, "PRAGMA busy_timeout=10000");
					sql(connection, "PRAGMA synchronous=NORMAL");
					out.println("ok");
				}
				else if (connection == null) {
					out.println("error not open");
				}
				else if (parts[0].equals("close")) {
					connection.close();
					connection = null;
					out.println("ok");
				}
				else {
					out.println("ok " + run(connection, parts[0], rest));
				}
			}
			catch (SQLException ex) {
				out.println("error " + ex.getMessage());
			}
		}
	}

	private static String run(Connection connection, String command, String rest) throws SQLException {
		if (command.equals("sql")) {
			return sql(connection, rest);
		}
		String[] arguments = rest.split(" ");
		if (command.equals("insert")) {
			return insert(connection, Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
		}
		if (command.equals("flat")) {
			return flat(connection, Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]));
		}
		if (command.equals("contend")) {
			return contend(connection, Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]),
					Long.parseLong(arguments[2]));
		}
		throw new SQLException("unknown command " + command);
	}

	private static String sql(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			if (!statement.execute(sql)) {
				return "";
			}
			StringBuilder result = new StringBuilder();
			try (ResultSet rows = statement.getResultSet()) {
				while (rows.next()) {
					for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
						result.append((i > 1) ? "," : "").append(rows.getString(i));
					}
					result.append(';');
				}
			}
			return result.toString();
		}
	}

	private static String insert(Connection connection, int count, int bytes) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO t(v) VALUES (randomblob(?))")) {
			for (int i = 0; i < count; i++) {
				statement.setInt(1, bytes);
				statement.executeUpdate();
			}
		}
		return "";
	}

	/**
	 * Commits as fast as possible and answers with the count and the longest commit in
	 * milliseconds.
	 */
	private static String flat(Connection connection, long millis, int bytes) throws SQLException {
		long end = System.nanoTime() + millis * 1_000_000;
		long count = 0;
		long longest = 0;
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO t(v) VALUES (randomblob(?))")) {
			while (System.nanoTime() < end) {
				long start = System.nanoTime();
				statement.setInt(1, bytes);
				statement.executeUpdate();
				longest = Math.max(longest, System.nanoTime() - start);
				count++;
			}
		}
		return count + " " + longest / 1_000_000;
	}

	/**
	 * Commits without waiting in SQLite: each SQLITE_BUSY is tried again at once, and the
	 * time from the first to the success counts. Answers with the number of commits, that
	 * of those that had to be tried again, and the 50th, 99th and greatest of the times
	 * and the 99th and greatest of all commits, in microseconds.
	 */
	private static String contend(Connection connection, long millis, int bytes, long pauseMicros) throws SQLException {
		sql(connection, "PRAGMA busy_timeout=0");
		long end = System.nanoTime() + millis * 1_000_000;
		List<Long> busy = new ArrayList<>();
		List<Long> commits = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO t(v) VALUES (randomblob(?))")) {
			statement.setInt(1, bytes);
			while (System.nanoTime() < end) {
				long start = System.nanoTime();
				long since = tryUntilDone(statement);
				long now = System.nanoTime();
				commits.add((now - start) / 1000);
				if (since != 0) {
					busy.add((now - since) / 1000);
				}
				LockSupport.parkNanos(pauseMicros * 1000);
			}
		}
		sql(connection, "PRAGMA busy_timeout=10000");
		return commits.size() + " " + busy.size() + " " + quantile(busy, 0.5) + " " + quantile(busy, 0.99) + " "
				+ quantile(busy, 1) + " " + quantile(commits, 0.99) + " " + quantile(commits, 1);
	}

	/**
	 * Returns when it was first refused, 0 if it was not.
	 */
	private static long tryUntilDone(PreparedStatement statement) throws SQLException {
		long since = 0;
		while (true) {
			try {
				statement.executeUpdate();
				return since;
			}
			catch (SQLiteException ex) {
				if ((ex.getResultCode().code & 0xFF) != SQLiteErrorCode.SQLITE_BUSY.code) {
					throw ex;
				}
				since = (since != 0) ? since : System.nanoTime();
				Thread.onSpinWait();
			}
		}
	}

	private static long quantile(List<Long> values, double quantile) {
		if (values.isEmpty()) {
			return 0;
		}
		Collections.sort(values);
		return values.get((int) Math.min(values.size() - 1L, (long) (values.size() * quantile)));
	}

}
