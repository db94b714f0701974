package io.hacluster.replication.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What an application does with its database, in all the ways that change pages: a list
 * of transactions, made from a seed. None of them changes the sum of the balances.
 */
final class Workload {

	private static final int ACCOUNTS = 50;

	private final Random random;

	private final int pageSize;

	private final AutoVacuum autoVacuum;

	private int tables;

	Workload(long seed, int pageSize, AutoVacuum autoVacuum) {
		this.random = new Random(seed);
		this.pageSize = pageSize;
		this.autoVacuum = autoVacuum;
	}

	/**
	 * Asks for what never changes.
	 */
	static String invariant() {
		return "SELECT sum(balance) FROM account;";
	}

	static List<String> invariantResult() {
		return List.of(Integer.toString(ACCOUNTS * 100));
	}

	/**
	 * Makes the database.
	 */
	String create() {
		return """
				PRAGMA page_size=%d;
				PRAGMA auto_vacuum=%s;
				PRAGMA journal_mode=WAL;
				PRAGMA synchronous=NORMAL;
				CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, note BLOB);
				WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
					INSERT INTO account SELECT i, 100, randomblob(20 + i) FROM n;
				CREATE TABLE entry (n INTEGER PRIMARY KEY, filler BLOB, remark TEXT);
				CREATE TABLE word (w TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
				CREATE INDEX entry_remark ON entry(remark);
				""".formatted(this.pageSize, this.autoVacuum, ACCOUNTS);
	}

	/**
	 * Rows come, change and go, one small transaction after another.
	 */
	List<String> rows(int count) {
		List<String> result = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			result.add(switch (this.random.nextInt(6)) {
				case 0, 1 -> insert(1 + this.random.nextInt(5), this.random.nextInt(this.pageSize / 2));
				case 2 -> "UPDATE entry SET filler = randomblob(" + this.random.nextInt(this.pageSize)
						+ "), remark = hex(randomblob(4)) WHERE n % 7 = " + this.random.nextInt(7) + ";";
				case 3 -> "DELETE FROM entry WHERE n % 5 = " + this.random.nextInt(5) + ";";
				case 4 -> "INSERT INTO word VALUES ('w" + this.random.nextInt(200)
						+ "', 1) ON CONFLICT DO UPDATE SET count = count + 1;";
				default -> transfer();
			});
		}
		return result;
	}

	/**
	 * The database grows by some hundred pages, overflow pages among them, and shrinks
	 * again.
	 */
	List<String> growAndShrink() {
		int bytes = 6 * this.pageSize;
		return List.of("DELETE FROM entry WHERE length(filler) > " + this.pageSize + ";", insert(20, bytes),
				insert(1, 60 * this.pageSize), transfer(), "DELETE FROM entry WHERE length(filler) = " + bytes + ";",
				this.autoVacuum.shrink, transfer(), insert(3, bytes), "VACUUM;", insert(2, 100));
	}

	/**
	 * Tables and indices come and go.
	 */
	List<String> schema() {
		String table = "extra_" + this.tables++;
		return List.of("CREATE TABLE " + table + " (a, b DEFAULT 'b');",
				"BEGIN; INSERT INTO " + table + "(a) SELECT substr(filler, 1, 90) FROM entry LIMIT 99; CREATE INDEX "
						+ table + "_a ON " + table + "(a); COMMIT;",
				"ALTER TABLE " + table + " ADD COLUMN c INTEGER DEFAULT 7;", "ALTER TABLE " + table + " DROP COLUMN b;",
				"CREATE VIEW " + table + "_v AS SELECT c FROM " + table + ";", "CREATE TEMP TABLE unseen AS SELECT 1;",
				"DROP TABLE temp.unseen;", "DROP INDEX " + table + "_a;",
				"ALTER TABLE " + table + " RENAME TO kept_" + table + ";", "CREATE TABLE gone AS SELECT * FROM entry;",
				"DROP TABLE gone;", "REINDEX;", "ANALYZE;");
	}

	/**
	 * What is begun and not committed is nowhere to be seen.
	 */
	List<String> rollback() {
		return List.of("BEGIN; " + insert(20, this.pageSize * 3) + " UPDATE account SET balance = 0; ROLLBACK;",
				"BEGIN; SAVEPOINT s; DELETE FROM account; ROLLBACK TO s; " + insert(1, 10) + " COMMIT;");
	}

	private String insert(int count, int bytes) {
		return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count
				+ ") INSERT INTO entry(filler, remark) SELECT randomblob(" + bytes + "), hex(randomblob(4)) FROM n;";
	}

	private String transfer() {
		int from = 1 + this.random.nextInt(ACCOUNTS);
		int to = 1 + this.random.nextInt(ACCOUNTS);
		return "BEGIN; UPDATE account SET balance = balance - 7 WHERE id = " + from
				+ "; UPDATE account SET balance = balance + 7, note = randomblob(" + this.random.nextInt(this.pageSize)
				+ ") WHERE id = " + to + "; COMMIT;";
	}

	/**
	 * Who gives free pages back.
	 */
	enum AutoVacuum {

		NONE("VACUUM;"), FULL("SELECT 1;"), INCREMENTAL("PRAGMA incremental_vacuum(200);");

		private final String shrink;

		AutoVacuum(String shrink) {
			this.shrink = shrink;
		}

		/**
		 * Returns whether Litestream's extension reads such a database after a shrink.
		 * Since it makes the database too large, SQLite believes what a pointer map says
		 * of pages beyond the true end, and follows the overflow pages of a row to where
		 * there are none any more, whoever wrote the files. Pointer maps are there for
		 * auto-vacuum only.
		 */
		boolean readableByExtension() {
			return this == NONE;
		}

	}

}
