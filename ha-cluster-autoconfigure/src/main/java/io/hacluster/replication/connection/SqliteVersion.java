package io.hacluster.replication.connection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.hacluster.HaClusterException;

/**
 * The version of the SQLite library in this process. Libraries up to 3.51.2 can reset the
 * write-ahead log although a checkpoint of another connection is not complete, which
 * corrupts the database (Litestream #1432), so that a primary must not checkpoint with
 * them.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number
 */
record SqliteVersion(int major, int minor, int patch) implements Comparable<SqliteVersion> {

	private static final SqliteVersion OLDEST = new SqliteVersion(3, 51, 3);

	static SqliteVersion parse(String text) {
		String[] numbers = text.split("\\.");
		if (numbers.length < 3) {
			throw new HaClusterException("The SQLite library reports the version '" + text + "', which is not one");
		}
		return new SqliteVersion(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]),
				Integer.parseInt(numbers[2]));
	}

	static void require(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT sqlite_version()")) {
			result.next();
			parse(result.getString(1)).require();
		}
	}

	void require() {
		if (compareTo(OLDEST) < 0) {
			throw new HaClusterException("The SQLite library in this process is " + this + ", which can corrupt a "
					+ "database while checkpointing; " + OLDEST + " or newer is needed: raise org.xerial:sqlite-jdbc");
		}
	}

	@Override
	public int compareTo(SqliteVersion other) {
		int byMajor = Integer.compare(this.major, other.major);
		if (byMajor != 0) {
			return byMajor;
		}
		int byMinor = Integer.compare(this.minor, other.minor);
		return (byMinor != 0) ? byMinor : Integer.compare(this.patch, other.patch);
	}

	@Override
	public String toString() {
		return this.major + "." + this.minor + "." + this.patch;
	}

}
