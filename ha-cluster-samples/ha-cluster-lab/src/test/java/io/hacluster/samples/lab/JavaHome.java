package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The JDK of this JVM, for machines.
 */
final class JavaHome {

	private static final Path HOME = Path.of(System.getProperty("java.home"));

	private JavaHome() {
	}

	/**
	 * Adds it at its own path, and as {@code /usr/bin/java}. What Debian's keeps
	 * elsewhere (it has links to files below /etc) comes along.
	 * @param machine the machine
	 */
	static void mount(Machine machine) {
		machine.mount(HOME, HOME.toString());
		try (Stream<Path> paths = Files.walk(HOME)) {
			paths.filter(Files::isSymbolicLink)
				.filter(Files::isRegularFile)
				.map(JavaHome::target)
				.filter((target) -> target.startsWith("/etc"))
				.distinct()
				.forEach((target) -> machine.mount(target, target.toString()));
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
