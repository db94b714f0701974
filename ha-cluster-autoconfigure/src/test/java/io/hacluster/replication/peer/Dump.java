package io.hacluster.replication.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.hacluster.replication.peer.Workload.AutoVacuum;
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
		return of(integrity(shell), shell);
	}

	private static Dump of(List<String> integrity, SqliteShell shell) {
		Stream<String> rows = shell.run(".dump").stream().filter((line) -> !line.contains("_litestream_"));
		return new Dump(Stream.concat(integrity.stream(), rows).toList());
	}

	static List<String> integrity(SqliteShell shell) {
		return shell.run("PRAGMA integrity_check(1000000);");
	}

	static Dump of(Path database) {
		try (SqliteShell shell = SqliteShell.open(database)) {
			return of(shell);
		}
	}

	/**
	 * Reads a replica as Litestream does: by its SQLite extension where that can be
	 * relied on ({@link AutoVacuum#readableByExtension}), else by its command line.
	 * @param target where a copy goes that the command line makes
	 */
	static Dump ofReplica(String url, AutoVacuum autoVacuum, Path target) throws IOException {
		if (autoVacuum.readableByExtension()) {
			return ofReplica(url);
		}
		Files.deleteIfExists(target);
		Litestream.restore(url, target);
		return of(target);
	}

	/**
	 * Reads a replica by Litestream's SQLite extension.
	 */
	private static Dump ofReplica(String url) {
		try (SqliteShell shell = Litestream.open(url)) {
			return of(integrityOfReplica(shell), shell);
		}
	}

	/**
	 * Checks a replica that Litestream's extension has opened. It takes the greatest page
	 * in any file that it needs for the size of the database: after a shrink, the pages
	 * beyond the true end are there and not used, whoever wrote the files.
	 */
	static List<String> integrityOfReplica(SqliteShell shell) {
		List<String> lines = integrity(shell).stream()
			.filter((line) -> !line.matches("Page \\d+ is never used"))
			.toList();
		return lines.equals(List.of("*** in database main ***")) ? List.of("ok") : List.of(String.join("; ", lines));
	}

	/**
	 * Both databases are sound and hold the same rows.
	 */
	void assertEquals(Dump expected, String description) {
		assertThat(expected.lines.get(0)).as("written").isEqualTo("ok");
		assertThat(this.lines.get(0)).as(description).isEqualTo("ok");
		for (int i = 0; i < Math.min(this.lines.size(), expected.lines.size()); i++) {
			if (!this.lines.get(i).equals(expected.lines.get(i))) {
				throw new AssertionError("%s: has '%.200s' instead of '%.200s'".formatted(description,
						this.lines.get(i), expected.lines.get(i)));
			}
		}
		assertThat(this.lines).as(description).hasSameSizeAs(expected.lines);
	}

}
