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

	private static final SqliteVersion FIRST = new SqliteVersion(3, 7, 0);

	/**
	 * Takes a version from the number that a library writes into a database.
	 * @param number for example 3051003
	 */
	static SqliteVersion of(int number) {
		return new SqliteVersion(number / 1_000_000, number / 1000 % 1000, number % 1000);
	}

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

	/**
	 * Returns whether the library is one that can corrupt a database in this way: 3.7.0
	 * to 3.51.2, except for those to which the correction has been ported back.
	 * @see <a href="https://www.sqlite.org/wal.html#walresetbug">The WAL-Reset Bug</a>
	 */
	boolean isAffected() {
		boolean ported = this.major == 3
				&& (this.minor == 44 && this.patch >= 6 || this.minor == 50 && this.patch >= 7);
		return compareTo(OLDEST) < 0 && compareTo(FIRST) >= 0 && !ported;
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
