package io.hacluster.replication.divergence;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.HaClusterException;
import io.hacluster.replication.divergence.RowDifference.Change;
import io.hacluster.replication.divergence.RowDifference.CutValue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link DivergenceDiff}.
 */
class DivergenceDiffTests {

	private static final int LIMIT = 100;

	@TempDir
	Path directory;

	@Test
	void runTellsWhatTheDivergedSideWroteAndNotWhatTheLogDid() throws Exception {
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT)",
				"INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), " + "(4, 'd'), (5, 'e'), (6, 'f'), (7, 'g')");
		diverged("INSERT INTO t VALUES (100, 'lost')", "INSERT INTO t VALUES (101, 'mine')",
				"UPDATE t SET v = 'B' WHERE n = 2", "UPDATE t SET v = 'C' WHERE n = 3",
				"DELETE FROM t WHERE n IN (4, 5)", "UPDATE t SET v = 'both' WHERE n = 6");
		log("INSERT INTO t VALUES (101, 'theirs')", "INSERT INTO t VALUES (102, 'only in the log')",
				"UPDATE t SET v = 'theirs' WHERE n = 3", "DELETE FROM t WHERE n = 5",
				"UPDATE t SET v = 'D' WHERE n = 4", "UPDATE t SET v = 'both' WHERE n = 6",
				"UPDATE t SET v = 'G' WHERE n = 7");
		Recording found = diff();
		assertThat(found.rows)
			.extracting(RowDifference::change, (row) -> row.key().get("n"), RowDifference::conflict,
					(row) -> value(row.base()), (row) -> value(row.diverged()), (row) -> value(row.log()))
			.containsExactlyInAnyOrder(tuple(Change.INSERTED, 100, false, null, "lost", null),
					tuple(Change.INSERTED, 101, true, null, "mine", "theirs"),
					tuple(Change.UPDATED, 2, false, "b", "B", "b"), tuple(Change.UPDATED, 3, true, "c", "C", "theirs"),
					tuple(Change.DELETED, 4, true, "d", null, "D"));
		assertThat(found.summary).isEqualTo(new DiffSummary(2, 2, 1, 3, 0, 0));
	}

	@Test
	void runWhenUpdatedHereAndDeletedThereIsAConflict() throws Exception {
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
		diverged("UPDATE t SET v = 'A' WHERE n = 1", "DELETE FROM t WHERE n = 2");
		log("DELETE FROM t WHERE n = 1");
		assertThat(diff().rows).extracting(RowDifference::change, RowDifference::conflict, (row) -> value(row.log()))
			.containsExactly(tuple(Change.UPDATED, true, null), tuple(Change.DELETED, false, "b"));
	}

	@Test
	void runWithoutBaseTellsEveryDifference() throws Exception {
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
		diverged("INSERT INTO t VALUES (100, 'lost')", "UPDATE t SET v = 'A' WHERE n = 1");
		log("INSERT INTO t VALUES (200, 'theirs')");
		Recording found = new Recording();
		new DivergenceDiff(file("diverged"), null, file("log"), LIMIT).run(found);
		assertThat(found.rows)
			.extracting(RowDifference::change, (row) -> row.key().get("n"), RowDifference::base,
					RowDifference::conflict)
			.containsExactlyInAnyOrder(tuple(Change.INSERTED, 100, null, false), tuple(Change.UPDATED, 1, null, false),
					tuple(Change.DELETED, 200, null, false));
	}

	@Test
	void runWhenNothingIsInCommonTellsAllThatTheLogLacks() throws Exception {
		execute("diverged", "CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT)",
				"INSERT INTO t VALUES (1, 'a'), (2, 'b')");
		execute("log", "CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a'), (3, 'c')");
		Files.createFile(file("base"));
		Recording found = diff();
		assertThat(found.rows).singleElement().satisfies((row) -> assertThat(row.key()).containsEntry("n", 2));
		assertThat(found.schemas).isEmpty();
	}

	@Test
	void runWhenTableHasACompositeKeyWithoutRowidFindsRowsByIt() throws Exception {
		all("CREATE TABLE t (a TEXT, b BLOB, v, PRIMARY KEY (b, a)) WITHOUT ROWID",
				"INSERT INTO t VALUES ('x', x'00ff', 1), ('x', x'01', 2), ('y', x'01', 3)");
		diverged("UPDATE t SET v = 20 WHERE a = 'x' AND b = x'01'", "INSERT INTO t VALUES ('o''k', x'02', NULL)",
				"DELETE FROM t WHERE b = x'00ff'");
		Recording found = diff();
		assertThat(found.rows).extracting(RowDifference::change)
			.containsExactly(Change.UPDATED, Change.INSERTED, Change.DELETED);
		assertThat(found.rows.get(0).key()).containsExactly(entry("b", new byte[] { 1 }), entry("a", "x"));
		assertThat(found.rows.get(1).diverged()).containsEntry("v", null).containsEntry("a", "o'k");
	}

	@Test
	void runWhenKeyIsNotTheRowidFindsRowsByTheKey() throws Exception {
		all("CREATE TABLE t (id TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1)");
		diverged("INSERT INTO t VALUES ('mine', 2)");
		log("INSERT INTO t VALUES ('theirs', 3)", "DELETE FROM t WHERE id = 'a'",
				"INSERT INTO t (rowid, id, v) VALUES (50, 'a', 1)");
		assertThat(diff().rows).singleElement()
			.satisfies((row) -> assertThat(row.key()).containsExactly(entry("id", "mine")))
			.satisfies((row) -> assertThat(row.conflict()).isFalse())
			.satisfies((row) -> assertThat(row.log()).isNull());
	}

	@Test
	void runWhenThereIsNoKeyOrANullInItFindsRowsByRowid() throws Exception {
		all("CREATE TABLE t (v)", "INSERT INTO t VALUES ('same'), ('same'), ('same')",
				"CREATE TABLE k (id TEXT PRIMARY KEY, v)", "INSERT INTO k VALUES (NULL, 1), (NULL, 2)");
		diverged("UPDATE t SET v = 'other' WHERE rowid = 2", "INSERT INTO t VALUES ('same')",
				"UPDATE k SET v = 20 WHERE rowid = 2");
		assertThat(diff().rows).extracting(RowDifference::table, RowDifference::change, RowDifference::key)
			.containsExactly(tuple("k", Change.UPDATED, Map.of("rowid", 2)),
					tuple("t", Change.UPDATED, Map.of("rowid", 2)), tuple("t", Change.INSERTED, Map.of("rowid", 4)));
	}

	@Test
	void runWhenColumnsBearTheNamesOfTheRowidFindsRowsAllTheSame() throws Exception {
		all("CREATE TABLE t (rowid TEXT, oid TEXT)", "INSERT INTO t VALUES ('a', 'b')",
				"CREATE TABLE u (rowid TEXT, oid TEXT, _rowid_ TEXT)", "INSERT INTO u VALUES ('a', 'b', 'c')");
		diverged("UPDATE t SET oid = 'c'", "UPDATE u SET oid = 'c'");
		Recording found = diff();
		assertThat(found.rows).singleElement().satisfies((row) -> assertThat(row.table()).isEqualTo("t"));
		assertThat(found.skipped).singleElement().satisfies((text) -> assertThat(text).startsWith("u: "));
	}

	@Test
	void runTellsValuesApartThatSqliteTakesForEqual() throws Exception {
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, v, w TEXT COLLATE NOCASE)",
				"INSERT INTO t VALUES (1, 1, 'a'), (2, '1', 'a'), (3, NULL, NULL), (4, x'31', 'a'), (5, 2, 'b')");
		diverged("UPDATE t SET v = 1.0 WHERE n = 1", "UPDATE t SET v = 1 WHERE n = 2",
				"UPDATE t SET w = '' WHERE n = 3", "UPDATE t SET v = '1' WHERE n = 4",
				"UPDATE t SET w = 'B' WHERE n = 5");
		assertThat(diff().rows).extracting((row) -> row.key().get("n")).containsExactly(1, 2, 3, 4, 5);
	}

	@Test
	void runWhenATableIsInOneOnlyTellsSchemaAndRows() throws Exception {
		all("CREATE TABLE old (n INTEGER PRIMARY KEY)", "INSERT INTO old VALUES (1)",
				"CREATE TABLE gone (n INTEGER PRIMARY KEY, v)", "INSERT INTO gone VALUES (1, 'x')");
		diverged("CREATE TABLE fresh (n INTEGER PRIMARY KEY, v)", "INSERT INTO fresh VALUES (1, 'a')", "DROP TABLE old",
				"CREATE INDEX idx ON gone (v)", "UPDATE gone SET v = 'y'");
		log("DROP TABLE gone", "CREATE TABLE theirs (n)");
		Recording found = diff();
		assertThat(found.schemas)
			.extracting(SchemaDifference::type, SchemaDifference::name, (it) -> it.base() != null,
					(it) -> it.diverged() != null, (it) -> it.log() != null)
			.containsExactlyInAnyOrder(tuple("table", "fresh", false, true, false),
					tuple("table", "old", true, false, true), tuple("index", "idx", false, true, false));
		assertThat(found.rows).extracting(RowDifference::table, RowDifference::change, RowDifference::conflict)
			.containsExactly(tuple("fresh", Change.INSERTED, false), tuple("gone", Change.UPDATED, true));
	}

	@Test
	void runWhenAColumnWasAddedTellsOnlyRowsThatDifferFromItsDefault() throws Exception {
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
		diverged("ALTER TABLE t ADD COLUMN w TEXT DEFAULT 'none'", "UPDATE t SET w = 'set' WHERE n = 2");
		Recording found = diff();
		assertThat(found.schemas).singleElement().satisfies((it) -> assertThat(it.name()).isEqualTo("t"));
		assertThat(found.rows).singleElement().satisfies((row) -> {
			assertThat(row.key()).containsEntry("n", 2);
			assertThat(row.diverged()).containsEntry("w", "set");
			assertThat(row.log()).doesNotContainKey("w");
		});
	}

	@Test
	void runWhenTheKeyHasChangedComparesByRowidOrSaysThatItCannot() throws Exception {
		all("CREATE TABLE t (a TEXT PRIMARY KEY, b) WITHOUT ROWID", "INSERT INTO t VALUES ('a', 'b')");
		diverged("DROP TABLE t", "CREATE TABLE t (a TEXT, b TEXT PRIMARY KEY) WITHOUT ROWID",
				"INSERT INTO t VALUES ('a', 'b')");
		Recording found = diff();
		assertThat(found.rows).isEmpty();
		assertThat(found.skipped).singleElement().satisfies((text) -> assertThat(text).contains("primary key"));
		assertThat(found.schemas).hasSize(1);
	}

	@Test
	void runSkipsVirtualTablesAndWhatCarriesThem() throws Exception {
		all("CREATE VIRTUAL TABLE f USING fts5(x)", "INSERT INTO f VALUES ('some words')",
				"CREATE TABLE g (a INTEGER PRIMARY KEY, b, c AS (b || '!') VIRTUAL, d AS (b || '?') STORED)",
				"INSERT INTO g (a, b) VALUES (1, 'x')");
		diverged("INSERT INTO f VALUES ('more words')", "UPDATE g SET b = 'y'");
		Recording found = diff();
		assertThat(found.skipped).singleElement().satisfies((text) -> assertThat(text).startsWith("f: "));
		assertThat(found.rows).singleElement()
			.satisfies((row) -> assertThat(row.diverged()).containsOnlyKeys("a", "b"));
		assertThat(found.schemas).isEmpty();
	}

	@Test
	void runWhenATableNeedsAFunctionOfTheApplicationComparesTheOthers() throws Exception {
		all("CREATE TABLE a (n INTEGER PRIMARY KEY, v)", "INSERT INTO a VALUES (1, 'x')",
				"CREATE TABLE s (k TEXT PRIMARY KEY, v) WITHOUT ROWID", "INSERT INTO s VALUES ('k', 1)");
		for (String name : List.of("base", "diverged", "log")) {
			execute(name, "PRAGMA writable_schema = ON", "UPDATE sqlite_schema SET sql = replace(sql, 'k TEXT', "
					+ "'k TEXT COLLATE german') WHERE name = 's'");
		}
		diverged("UPDATE a SET v = 'y'");
		Recording found = diff();
		assertThat(found.rows).singleElement().satisfies((row) -> assertThat(row.table()).isEqualTo("a"));
		assertThat(found.skipped).singleElement().satisfies((text) -> assertThat(text).contains("s: ", "german"));
	}

	@Test
	void runCutsLongValues() throws Exception {
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, v)");
		diverged("INSERT INTO t VALUES (1, zeroblob(5000000)), (2, printf('%.*c', 300, 'ä')), (3, zeroblob(100))",
				"INSERT INTO t VALUES (4, 12345678901234567)");
		List<RowDifference> rows = diff().rows;
		assertThat(rows.get(0).diverged().get("v")).isInstanceOfSatisfying(CutValue.class, (cut) -> {
			assertThat(cut.beginning()).isEqualTo(new byte[LIMIT]);
			assertThat(cut.bytes()).isEqualTo(5_000_000);
		});
		assertThat(rows.get(1).diverged()).containsEntry("v", new CutValue("ä".repeat(LIMIT), 600));
		assertThat(rows.get(2).diverged()).containsEntry("v", new byte[100]);
		assertThat(rows.get(3).diverged()).containsEntry("v", 12345678901234567L);
	}

	@Test
	void runWhenATableHasManyColumnsComparesThemAll() throws Exception {
		String columns = IntStream.range(0, 1500).mapToObj((i) -> "c" + i).collect(Collectors.joining(", "));
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, " + columns + ")", "INSERT INTO t (n) VALUES (1), (2)");
		diverged("UPDATE t SET c1499 = 1 WHERE n = 2");
		assertThat(diff().rows).singleElement().satisfies((row) -> assertThat(row.key()).containsEntry("n", 2));
	}

	@Test
	void runReadsTheWriteAheadLogAndChangesNothing() throws Exception {
		all("PRAGMA journal_mode = WAL", "CREATE TABLE t (n INTEGER PRIMARY KEY, v)");
		Path source = file("diverged");
		Path copy = this.directory.resolve("copy.db");
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + source);
				Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO t VALUES (1, 'in the log only')");
			Files.copy(source, copy);
			Files.copy(wal(source), wal(copy));
		}
		byte[] database = Files.readAllBytes(copy);
		byte[] frames = Files.readAllBytes(wal(copy));
		Recording found = new Recording();
		new DivergenceDiff(copy, file("base"), file("log"), LIMIT).run(found);
		assertThat(found.rows).hasSize(1);
		assertThat(copy).hasBinaryContent(database);
		assertThat(wal(copy)).hasBinaryContent(frames);
	}

	@Test
	void runWhenFileIsNoDatabaseFailsNamingIt() throws Exception {
		all("CREATE TABLE t (n)");
		Files.writeString(file("diverged"), "nonsense ".repeat(1000));
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this::diff)
			.withMessageContaining(file("diverged").toString());
	}

	/**
	 * Rows are found by SQLite and told one by one: a million of them must fit into a
	 * heap that is too small for a million of anything.
	 */
	@Test
	void runWhenEverythingDiffersNeedsNoMemoryForIt() throws Exception {
		all("CREATE TABLE t (n INTEGER PRIMARY KEY, v)");
		diverged("WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 60000) "
				+ "INSERT INTO t SELECT n, printf('%.*c', 1000, 'x') FROM c");
		long[] count = new long[1];
		long[] most = new long[1];
		Runtime runtime = Runtime.getRuntime();
		System.gc();
		long before = runtime.totalMemory() - runtime.freeMemory();
		new DivergenceDiff(file("diverged"), file("base"), file("log"), 2000).run(new Recording() {

			@Override
			public void row(RowDifference difference) {
				if (++count[0] % 20000 == 0) {
					System.gc();
					most[0] = Math.max(most[0], runtime.totalMemory() - runtime.freeMemory() - before);
				}
			}

		});
		assertThat(count[0]).isEqualTo(60000);
		assertThat(most[0]).as("bytes kept, of 60 MB told").isLessThan(8 << 20);
	}

	private Recording diff() throws Exception {
		Recording found = new Recording();
		new DivergenceDiff(file("diverged"), file("base"), file("log"), LIMIT).run(found);
		return found;
	}

	private void all(String... sql) throws Exception {
		execute("base", sql);
		Files.copy(file("base"), file("diverged"));
		Files.copy(file("base"), file("log"));
	}

	private void diverged(String... sql) throws Exception {
		execute("diverged", sql);
	}

	private void log(String... sql) throws Exception {
		execute("log", sql);
	}

	private void execute(String name, String... sql) throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(name));
				Statement statement = connection.createStatement()) {
			for (String each : sql) {
				statement.execute(each);
			}
		}
	}

	private Path file(String name) {
		return this.directory.resolve(name + ".db");
	}

	private static Path wal(Path database) {
		return database.resolveSibling(database.getFileName() + "-wal");
	}

	private static Object value(Map<String, Object> row) {
		return (row != null) ? row.get("v") : null;
	}

	private static class Recording implements DiffListener {

		private final List<RowDifference> rows = new ArrayList<>();

		private final List<SchemaDifference> schemas = new ArrayList<>();

		private final List<String> skipped = new ArrayList<>();

		private DiffSummary summary;

		@Override
		public void begin(DiffSubject subject) {
			// told by whoever restores the states
		}

		@Override
		public void schema(SchemaDifference difference) {
			this.schemas.add(difference);
		}

		@Override
		public void skipped(String table, String reason) {
			this.skipped.add(table + ": " + reason);
		}

		@Override
		public void row(RowDifference difference) {
			this.rows.add(difference);
		}

		@Override
		public void end(DiffSummary result) {
			this.summary = result;
		}

	}

}
