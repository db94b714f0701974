package io.hacluster.replication;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.ltx.RestorePlan;

/**
 * The simplest possible restore: files of a log written over one another.
 */
public final class RestoredDatabase {

	private RestoredDatabase() {
	}

	/**
	 * Restores by the plan that Litestream would make.
	 */
	public static void restore(ReplicaStore store, Path target, long txid) throws IOException {
		Map<LtxName, LogEntry> entries = store.list()
			.stream()
			.collect(Collectors.toMap(LogEntry::name, Function.identity()));
		List<LogEntry> plan = RestorePlan.restore(entries.keySet(), txid).stream().map(entries::get).toList();
		apply(store, target, plan);
	}

	/**
	 * Restores from level-0 files alone, from the first on.
	 */
	public static void replay(ReplicaStore store, Path target) throws IOException {
		replay(store, target, Long.MAX_VALUE);
	}

	public static void replay(ReplicaStore store, Path target, long txid) throws IOException {
		List<LogEntry> batches = store.list()
			.stream()
			.filter((entry) -> entry.name().level() == 0 && entry.name().maxTxid() <= txid)
			.toList();
		for (int i = 0; i < batches.size(); i++) {
			if (batches.get(i).name().minTxid() != i + 1 || batches.get(i).name().maxTxid() != i + 1) {
				throw new IOException("Not a sequence: " + batches);
			}
		}
		apply(store, target, batches);
	}

	private static void apply(ReplicaStore store, Path target, List<LogEntry> files) throws IOException {
		Files.deleteIfExists(target);
		try (RandomAccessFile out = new RandomAccessFile(target.toFile(), "rw")) {
			for (LogEntry entry : files) {
				try (LtxReader reader = new LtxReader(store.open(entry))) {
					while (reader.next()) {
						out.seek((reader.pgno() - 1) * reader.page().length);
						out.write(reader.page());
					}
					out.setLength(reader.header().commit() * reader.page().length);
				}
			}
		}
	}

	public static List<String> dump(Path database) throws SQLException {
		List<String> lines = new ArrayList<>();
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
			lines.addAll(query(connection, "PRAGMA integrity_check"));
			List<String> tables = query(connection,
					"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
			for (String table : tables) {
				lines.add(table);
				query(connection, "SELECT rowid || ':' || hex(v) FROM " + table + " ORDER BY rowid")
					.forEach((row) -> lines.add((row.length() > 30) ? row.substring(0, 20) + row.hashCode() : row));
			}
		}
		return lines;
	}

	private static List<String> query(Connection connection, String sql) throws SQLException {
		List<String> result = new ArrayList<>();
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			while (rows.next()) {
				result.add(rows.getString(1));
			}
		}
		return result;
	}

}
