package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JDK of this JVM, for machines and containers.
 */
final class JavaHome {

	private static final Path HOME = Path.of(System.getProperty("java.home"));

	private JavaHome() {
	}

	/**
	 * Returns all that belongs to it: its directory, and what Debian's keeps elsewhere
	 * (it has links to files below /etc).
	 */
	static List<Path> paths() {
		try (Stream<Path> paths = Files.walk(HOME)) {
			Stream<Path> elsewhere = paths.filter(Files::isSymbolicLink)
				.filter(Files::isRegularFile)
				.map(JavaHome::target)
				.filter((target) -> target.startsWith("/etc"))
				.distinct();
			return Stream.concat(Stream.of(HOME), elsewhere).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Adds it at its own path, and as {@code /usr/bin/java}.
	 * @param machine the machine
	 */
	static void mount(Machine machine) {
		paths().forEach((path) -> machine.mount(path, path.toString()));
		try {
			Path link = machine.disk("/usr/bin/java");
			Files.createDirectories(link.getParent());
			Files.createSymbolicLink(link, HOME.resolve("bin/java"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path target(Path link) {
		try {
			return link.toRealPath();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
