package io.hacluster.replication.restore;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Lets SQLite look at a database.
 */
final class IntegrityCheck {

	private IntegrityCheck() {
	}

	/**
	 * Checks a file that nobody has open. Leaves nothing beside it.
	 * @param file the database
	 * @param check how
	 * @throws RestoreException if it is not well
	 */
	static void run(Path file, RestoreRequest.Check check) {
		switch (check) {
			case QUICK -> run(file, "PRAGMA quick_check(1)");
			case FULL -> run(file, "PRAGMA integrity_check(1)");
			case NONE -> {
				return;
			}
		}
	}

	private static void run(Path file, String sql) {
		// An immutable database needs no locks and no files beside it, in WAL mode too
		String url = "jdbc:sqlite:" + file.toAbsolutePath().toUri().toString().replaceFirst("^file:/+", "file:///")
				+ "?immutable=1";
		try (Connection connection = DriverManager.getConnection(url);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			String answer = result.next() ? result.getString(1) : "nothing";
			if (!"ok".equals(answer)) {
				throw new RestoreException(
						"The restored database is not well, so it was not kept. SQLite says: " + answer);
			}
		}
		catch (SQLException ex) {
			throw new RestoreException(
					"The restored database cannot be checked, so it was not kept: " + ex.getMessage(), ex);
		}
	}

}
