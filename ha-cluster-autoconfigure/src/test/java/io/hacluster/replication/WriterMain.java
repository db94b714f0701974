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

}
