package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The public Litestream, found or installed by {@code scripts/litestream}: the peer that
 * reads what we write and writes what we read.
 */
public final class Litestream implements AutoCloseable {

	/**
	 * The version that writes and reads LZ4 blocks.
	 */
	public static final String CURRENT = "0.5.17";

	/**
	 * A version that writes LZ4 frames, and cannot read anything else.
	 */
	public static final String LEGACY = "0.5.6";

	/**
	 * Its NATS client cancels a read that has reached its end before the reader has seen
	 * that (nats.go 1.44, whoever wrote the object), upon which the extension does not
	 * open. With one thread of Go the reader sees it first, unless it is preempted just
	 * then.
	 */
	private static final String GO_THREADS = "1";

	private static final int MAX_ATTEMPTS = 10;

	private final Process process;

	private final Path log;

	private Litestream(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Opens a replica with Litestream's SQLite extension, which reads pages from it as
	 * they are asked for.
	 * @param replica its URL
	 * @return a shell with the replica open
	 */
	public static SqliteShell open(String replica) {
		Path extension = ProjectScript.path("litestream", "vfs");
		SqliteShell shell = SqliteShell.start(Map.of("LITESTREAM_REPLICA_URL", replica, "GOMAXPROCS", GO_THREADS));
		shell.run(".load " + extension);
		for (int i = 1; true; i++) {
			try {
				shell.run(".open file:replica.db?vfs=litestream");
				return shell;
			}
			catch (IllegalStateException ex) {
				if (i == MAX_ATTEMPTS || !ex.getMessage().contains("context canceled")) {
					shell.kill();
					throw ex;
				}
			}
		}
	}

	/**
	 * Restores a replica with Litestream's command line.
	 * @param replica its URL
	 * @param target the database file to make
	 * @param arguments further arguments
	 */
	public static void restore(String replica, Path target, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(binary(CURRENT));
		command.addAll(List.of("restore", "-o", target.toString()));
		command.addAll(List.of(arguments));
		command.add(replica);
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new IllegalStateException("litestream restore failed:\n" + output);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Replicates a database with Litestream's command line, with levels and snapshots
	 * every few seconds.
	 * @param version {@link #CURRENT} or {@link #LEGACY}
	 * @param database the database file
	 * @param replica URL of the replica
	 * @return the running process
	 */
	public static Litestream replicate(String version, Path database, String replica) {
		Path config = database.resolveSibling("litestream.yml");
		Path log = database.resolveSibling("litestream.log");
		try {
			Files.writeString(config, """
					levels:
					  - interval: 1s
					  - interval: 2s
					  - interval: 4s
					snapshot:
					  interval: 3s
					  retention: 1h
					dbs:
					  - path: %s
					    monitor-interval: 20ms
					    replica:
					      url: %s
					      sync-interval: 20ms
					""".formatted(database, replica));
			Process process = new ProcessBuilder(binary(version), "replicate", "-config", config.toString())
				.redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
			return new Litestream(process, log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns what the process has said.
	 * @return the log
	 */
	public String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Lets the process end, with its last sync.
	 */
	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
				throw new IllegalStateException("litestream does not end:\n" + log());
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	private static String binary(String version) {
		return ProjectScript.path("litestream", "cli", version).toString();
	}

}
