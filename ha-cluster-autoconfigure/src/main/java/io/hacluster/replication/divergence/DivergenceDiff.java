package io.hacluster.replication.divergence;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

import io.hacluster.HaClusterException;

/**
 * Finds the rows that a diverged database has otherwise than the log: with a third state,
 * in which the two parted, only those that the diverged side has written. Compares inside
 * SQLite, table by table and row by row, so that the memory needed does not grow with the
 * databases. Changes none of them.
 */
public final class DivergenceDiff {

	private final Path diverged;

	private final @Nullable Path base;

	private final Path log;

	private final int valueLimit;

	/**
	 * Creates a comparison of files. Nobody may write to the second and the third; an
	 * empty file is an empty database.
	 * @param diverged the diverged database
	 * @param base the state in which the two parted, null if it is not known: then
	 * everything is told that differs between diverged and log
	 * @param log the state of the log
	 * @param valueLimit how many bytes of a BLOB, or characters of a text, are told, at
	 * least 1
	 */
	public DivergenceDiff(Path diverged, @Nullable Path base, Path log, int valueLimit) {
		this.diverged = diverged;
		this.base = base;
		this.log = log;
		this.valueLimit = valueLimit;
	}

	/**
	 * Compares.
	 * @param listener told what differs; {@link DiffListener#begin} is not called
	 * @return the numbers
	 * @throws HaClusterException if one of the files cannot be read as a database
	 * @throws IOException if the listener throws it
	 */
	public DiffSummary run(DiffListener listener) throws IOException {
		DiffTally tally = new DiffTally(listener, this.base != null);
		try (Connection connection = open()) {
			attach(connection, "base", (this.base != null) ? this.base : this.log);
			attach(connection, "log", this.log);
			connection.setAutoCommit(false);
			SchemaObjects ours = SchemaObjects.read(connection, "main");
			SchemaObjects was = SchemaObjects.read(connection, "base");
			SchemaObjects theirs = SchemaObjects.read(connection, "log");
			compareSchemas(ours, was, theirs, tally);
			for (String table : ours.tables().keySet()) {
				if (!"table".equals(ours.tables().get(table))) {
					tally.skipped(table, "it is a virtual table; what it keeps is derived, or not in the database");
				}
				else {
					compareRows(connection, table, tally);
				}
			}
			DiffSummary summary = tally.summary();
			listener.end(summary);
			return summary;
		}
		catch (SQLException ex) {
			throw new HaClusterException(
					"The comparison of " + this.diverged + " with the log has failed: " + ex.getMessage()
							+ ". It needs read access to the file and its write-ahead log, and write access to their "
							+ "directory, where SQLite keeps an index of the latter; make a copy of them otherwise",
					ex);
		}
	}

	private static void compareSchemas(SchemaObjects ours, SchemaObjects was, SchemaObjects theirs, DiffTally tally)
			throws IOException {
		Set<SchemaObjects.Key> keys = new TreeSet<>(ours.sql().keySet());
		keys.addAll(was.sql().keySet());
		for (SchemaObjects.Key key : keys) {
			String here = ours.sqlOf(key);
			String before = was.sqlOf(key);
			String there = theirs.sqlOf(key);
			if (!Objects.equals(here, before) && !Objects.equals(here, there)) {
				tally.schema(key, before, here, there);
			}
		}
	}

	/**
	 * A table that SQLite cannot read here, for instance because it is sorted by a
	 * function of the application, must not keep the others from being compared.
	 */
	private void compareRows(Connection connection, String table, DiffTally tally) throws IOException {
		try {
			TableShape ours = TableShape.read(connection, "main", table).orElseThrow();
			TableShape was = TableShape.read(connection, "base", table).orElse(null);
			TableShape theirs = TableShape.read(connection, "log", table).orElse(null);
			TableComparison comparison = TableKey.choose(connection, ours, was, theirs);
			if (comparison == null) {
				tally.skipped(table, "its rows cannot be told apart alike on both sides: the primary key has changed");
				return;
			}
			try (RowComparison rows = new RowComparison(connection, comparison, this.valueLimit)) {
				rows.run(tally);
			}
		}
		catch (SQLException ex) {
			tally.skipped(table, "SQLite cannot read it here: " + ex.getMessage());
		}
	}

	private Connection open() throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.setReadOnly(true);
		return config.createConnection("jdbc:sqlite:" + this.diverged.toAbsolutePath());
	}

	private static void attach(Connection connection, String schema, Path file) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("ATTACH DATABASE ? AS " + schema)) {
			statement.setString(1, file.toAbsolutePath().toString());
			statement.execute();
		}
		try (Statement statement = connection.createStatement()) {
			statement.execute("SELECT count(*) FROM " + schema + ".sqlite_schema");
		}
	}

}
