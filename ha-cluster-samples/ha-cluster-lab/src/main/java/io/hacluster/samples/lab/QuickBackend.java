package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.sqlite.JDBC;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Lets the sample backend start in about half the time, as a native program would: with
 * an archive of its classes, and SQLite's library as a file of its own.
 */
final class QuickBackend {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private QuickBackend() {
	}

	/**
	 * Prepares what makes it quick.
	 * @param command how it is run
	 * @param directory where the archive goes
	 * @return options for its JVM
	 */
	static List<String> prepare(NodeCommand command, Path directory) {
		try {
			Path work = Files.createDirectories(directory.resolve("quick"));
			Files.createDirectories(work.resolve("tmp"));
			List<String> options = new ArrayList<>();
			String library = LibraryLoaderUtil.getNativeLibName();
			try (InputStream in = JDBC.class
				.getResourceAsStream(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + library)) {
				if (in != null) {
					Files.copy(in, work.resolve(library));
					options.add("-Dorg.sqlite.lib.path=" + work);
				}
			}
			Path archive = work.resolve("classes.jsa");
			int port = Cluster.freePort();
			List<String> recorded = new ArrayList<>(options);
			recorded.add("-XX:ArchiveClassesAtExit=" + archive);
			ChildProcess process = ChildProcess.start(
					command.withBackend("127.0.0.1", recorded).backend(work, work.resolve("data.db"), port), work,
					work.resolve("backend.log"), Map.of());
			try {
				StepDowns.healthyAfter("http://127.0.0.1:" + port, process, System.nanoTime());
				process.terminate(TIMEOUT);
			}
			finally {
				process.kill();
			}
			if (Files.exists(archive)) {
				options.add("-XX:SharedArchiveFile=" + archive);
			}
			return options;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
