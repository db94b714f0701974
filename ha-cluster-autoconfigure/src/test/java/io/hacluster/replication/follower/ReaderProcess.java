package io.hacluster.replication.follower;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.hacluster.replication.SourceDatabase;
import io.hacluster.test.JavaProcess;

/**
 * A JVM of its own that reads a replica through SQLite as fast as it can and checks what
 * no reader may ever see broken. Mode 0 keeps its connection, mode 1 opens a new one now
 * and then, both without a busy timeout: a reader is never blocked. Mode 2 keeps its
 * connection and waits while a writer's crash is recovered from. Mode 3 keeps its
 * connection until it is told that the replica is another file now.
 */
final class ReaderProcess {

	private static final int CANTOPEN = 14;

	private final Process process;

	private final Thread thread;

	private final List<String> complaints = new CopyOnWriteArrayList<>();

	private final AtomicLong reads = new AtomicLong();

	private final AtomicLong connects = new AtomicLong();

	private ReaderProcess(Process process) {
		this.process = process;
		this.thread = new Thread(this::readOutput, "reader-output");
	}

	static ReaderProcess start(Path database, int mode) throws IOException {
		Process process = new ProcessBuilder(
				JavaProcess.command(ReaderProcess.class, "64m", database.toString(), Integer.toString(mode)))
			.redirectErrorStream(true)
			.start();
		ReaderProcess reader = new ReaderProcess(process);
		reader.thread.setDaemon(true);
		reader.thread.start();
		return reader;
	}

	private void readOutput() {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				if (line.startsWith("read ")) {
					this.reads.set(Long.parseLong(line.substring(5)));
				}
				else if (line.equals("connected again")) {
					this.connects.incrementAndGet();
				}
				else {
					this.complaints.add(line);
				}
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	long reads() {
		return this.reads.get();
	}

	/**
	 * Returns how often the reader has connected again because it had to.
	 */
	long connects() {
		return this.connects.get();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Stops the reader.
	 * @return what it complained about
	 */
	List<String> stop() throws Exception {
		this.process.getOutputStream().close();
		if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
		this.thread.join(60_000);
		return this.complaints;
	}

	/**
	 * Reads until the standard input ends.
	 * @param args the database and the mode
	 */
	public static void main(String[] args) throws Exception {
		Thread watcher = new Thread(() -> awaitEnd(), "end");
		watcher.setDaemon(true);
		watcher.start();
		long reads = 0;
		long last = -1;
		Connection connection = connect(args[0], args[1].equals("2") ? 10_000 : 0);
		while (watcher.isAlive()) {
			try {
				last = check(connection, last);
			}
			catch (SQLException ex) {
				if (!args[1].equals("3") || ex.getErrorCode() != CANTOPEN) {
					System.out.println("after " + reads + " reads: " + ex);
				}
				connection.close();
				connection = reconnect(args[0]);
				System.out.println("connected again");
			}
			System.out.println("read " + ++reads);
			if (args[1].equals("2")) {
				Thread.sleep(20);
			}
			if (args[1].equals("1") && reads % 3 == 0) {
				connection.close();
				connection = connect(args[0], 0);
			}
		}
		connection.close();
	}

	private static void awaitEnd() {
		try {
			while (System.in.read() >= 0) {
				continue;
			}
		}
		catch (IOException ex) {
			// ended as well
		}
	}

	private static long check(Connection connection, long last) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("BEGIN");
			long count = query(statement, "SELECT count(*) FROM entry");
			long sum = query(statement, "SELECT sum(balance) FROM account");
			if (sum != SourceDatabase.TOTAL) {
				System.out.println("sum is " + sum);
			}
			if (count < last) {
				System.out.println("went back from " + last + " to " + count);
			}
			try (ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
				result.next();
				if (!"ok".equals(result.getString(1))) {
					System.out.println("integrity: " + result.getString(1));
				}
			}
			if (query(statement, "SELECT count(*) FROM entry") != count) {
				System.out.println("the snapshot moved");
			}
			statement.execute("COMMIT");
			return count;
		}
	}

	private static long query(Statement statement, String sql) throws SQLException {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

	/**
	 * A replica that is being built anew is not there for a while; SQLite makes an empty
	 * database in its place if asked to.
	 */
	private static Connection reconnect(String path) throws Exception {
		while (true) {
			try {
				Connection connection = DriverManager.getConnection("jdbc:sqlite:file:" + path + "?mode=rw");
				try (Statement statement = connection.createStatement()) {
					statement.execute("PRAGMA busy_timeout=5000");
					query(statement, "SELECT count(*) FROM entry");
				}
				return connection;
			}
			catch (SQLException ex) {
				Thread.sleep(5);
			}
		}
	}

	private static Connection connect(String path, int timeout) throws SQLException {
		Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout=" + timeout);
		}
		return connection;
	}

}
