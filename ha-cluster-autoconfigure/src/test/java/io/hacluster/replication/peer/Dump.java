package io.hacluster.replication.peer;

import java.nio.file.Path;
import java.util.List;

import io.hacluster.test.Litestream;
import io.hacluster.test.SqliteShell;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything in a database, row by row, but for the tables in which Litestream counts.
 *
 * @param lines the result of the integrity check, then the statements that would make the
 * schema and every row anew
 */
record Dump(List<String> lines) {

	static Dump of(SqliteShell shell) {
		return new Dump(shell.dump().stream().filter((line) -> !line.contains("_litestream_")).toList());
	}

	static Dump of(Path database) {
		try (SqliteShell shell = SqliteShell.open(database)) {
			return of(shell);
		}
	}

	/**
	 * Reads a replica by Litestream's SQLite extension.
	 */
	static Dump ofReplica(String url) {
		try (SqliteShell shell = Litestream.open(url)) {
			return of(shell);
		}
	}

	/**
	 * Both databases are sound and hold the same rows.
	 */
	void assertEquals(Dump expected, String description) {
		assertThat(this.lines.get(0)).as(description).isEqualTo("ok");
		assertThat(expected.lines.get(0)).isEqualTo("ok");
		for (int i = 0; i < Math.min(this.lines.size(), expected.lines.size()); i++) {
			if (!this.lines.get(i).equals(expected.lines.get(i))) {
				throw new AssertionError("%s: has '%.200s' instead of '%.200s'".formatted(description,
						this.lines.get(i), expected.lines.get(i)));
			}
		}
		assertThat(this.lines).as(description).hasSameSizeAs(expected.lines);
	}

}
