package io.hacluster.replication.restore;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

import io.hacluster.test.JavaProcess;

/**
 * A process that has a database open until its input ends.
 */
final class LockingProcess implements AutoCloseable {

	private final Process process;

	private LockingProcess(Process process) {
		this.process = process;
	}

	static LockingProcess start(Path database) throws IOException {
		Process process = new ProcessBuilder(JavaProcess.command(LockingProcess.class, "64m", database.toString()))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader out = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		if (!"open".equals(out.readLine())) {
			throw new IOException("The process has not opened " + database);
		}
		return new LockingProcess(process);
	}

	public static void main(String[] arguments) throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + arguments[0]);
				Statement statement = connection.createStatement()) {
			statement.execute("SELECT count(*) FROM sqlite_schema");
			System.out.println("open");
			System.in.read();
		}
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
	}

}
