package io.hacluster.replication.restore;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxWriter;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A restore from a real NATS server in a process whose heap is much smaller than the
 * database.
 */
@Timeout(120)
class RestoreMemoryTests {

	private static final int PAGE_SIZE = 4096;

	private static final int BATCHES = 200;

	@TempDir
	Path directory;

	@Test
	void restoreNeedsNoMoreMemoryForALargeDatabase() throws Exception {
		Path source = database();
		try (NatsServer server = NatsServer.start(this.directory.resolve("nats"))) {
			ship(server, source);
			Path target = this.directory.resolve("target.db");
			Process process = new ProcessBuilder(
					JavaProcess.command(RestoreMemoryTests.class, "64m", server.url(), target.toString()))
				.redirectErrorStream(true)
				.start();
			if (!process.waitFor(240, TimeUnit.SECONDS)) {
				process.destroyForcibly();
			}
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.exitValue()).as(output).isZero();
			assertThat(Files.mismatch(source, target)).isEqualTo(-1);
		}
	}

	/** The process with the small heap. */
	public static void main(String[] arguments) {
		try (NatsReplicaStore store = store(arguments[0], Path.of(arguments[1]))) {
			new Restorer(store, TestLog.identity("small")).restore(RestoreRequest.to(Path.of(arguments[1])),
					RestoreListener.NONE);
		}
	}

	private static NatsReplicaStore store(String url, Path path) {
		return new NatsReplicaStore(() -> NatsServer.options(url),
				PatientSettings.of("test", path.resolveSibling("spool")), TestLog.identity("small"));
	}

	/** 160 MB that cannot be compressed. */
	private Path database() throws Exception {
		Path path = this.directory.resolve("source.db");
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			statement.execute("PRAGMA synchronous=OFF");
			statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)");
			statement.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 160) "
					+ "INSERT INTO t(v) SELECT randomblob(1000000) FROM n");
			statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
		}
		return path;
	}

	/** A snapshot of all, and batches that repeat some of its pages. */
	private void ship(NatsServer server, Path source) throws Exception {
		try (NatsReplicaStore store = store(server.url(), source);
				LogWriter writer = store.fence(new Epoch(1), TestLog.identity("small"))) {
			append(writer, LtxName.batch(1), encode(source, 1, Integer.MAX_VALUE));
			for (int txid = 2; txid < BATCHES; txid++) {
				append(writer, LtxName.batch(txid), encode(source, txid, 60));
			}
		}
	}

	private static void append(LogWriter writer, LtxName name, Path file) throws Exception {
		long size = Files.size(file);
		writer.append(name, Instant.now(), new ByteSource() {

			@Override
			public long size() {
				return size;
			}

			@Override
			public InputStream openStream() throws IOException {
				return Files.newInputStream(file);
			}

		}).get(60, TimeUnit.SECONDS);
	}

	private Path encode(Path source, long txid, int pages) throws IOException {
		Path file = this.directory.resolve("file.ltx");
		long commit = Files.size(source) / PAGE_SIZE;
		try (InputStream in = new BufferedInputStream(Files.newInputStream(source));
				OutputStream out = Files.newOutputStream(file)) {
			LtxWriter writer = new LtxWriter(out, LtxHeader.noChecksum(PAGE_SIZE, commit, txid, txid, 0));
			for (long pgno = 1; pgno <= Math.min(commit, pages); pgno++) {
				writer.writePage(pgno, in.readNBytes(PAGE_SIZE), 0);
			}
			writer.finish();
		}
		return file;
	}

}
