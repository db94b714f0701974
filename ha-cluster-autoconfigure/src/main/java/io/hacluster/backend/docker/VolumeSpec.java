package io.hacluster.backend.docker;

import java.util.List;
import java.util.Set;

/**
 * A volume as {@code docker run --volume} takes it.
 *
 * @param source an absolute path of the host, or the name of a volume
 * @param target an absolute path in the container
 * @param options {@code ro} or {@code rw}, and {@code z} or {@code Z}
 */
record VolumeSpec(String source, String target, Set<String> options) {

	private static final Set<String> KNOWN = Set.of("ro", "rw", "z", "Z");

	/**
	 * Parses a specification.
	 * @throws IllegalArgumentException if it is none
	 */
	static VolumeSpec parse(String text) {
		String[] parts = text.split(":", -1);
		if (parts.length < 2 || parts.length > 3) {
			throw new IllegalArgumentException(
					"'" + text + "' is not of the form <absolute path or volume>:<path in the container>[:ro]");
		}
		if (!parts[0].startsWith("/") && !parts[0].matches("[a-zA-Z0-9][a-zA-Z0-9_.-]+")) {
			throw new IllegalArgumentException("'" + text + "' begins neither with an absolute path nor with the name "
					+ "of a volume (two or more letters, digits, '_', '.', '-')");
		}
		if (!parts[1].startsWith("/") || parts[1].equals("/")) {
			throw new IllegalArgumentException("'" + text + "' does not name an absolute path in the container");
		}
		Set<String> options = (parts.length == 3) ? Set.copyOf(List.of(parts[2].split(","))) : Set.of();
		if (!KNOWN.containsAll(options) || options.containsAll(Set.of("ro", "rw"))) {
			throw new IllegalArgumentException("'" + text + "' may have the options ro or rw, and z or Z");
		}
		return new VolumeSpec(parts[0], parts[1], options);
	}

	boolean isNamed() {
		return !this.source.startsWith("/");
	}

	/**
	 * Returns whether the files are to be labelled for SELinux.
	 */
	boolean isLabelled() {
		return this.options.contains("z") || this.options.contains("Z");
	}

	boolean isReadOnly() {
		return this.options.contains("ro");
	}

}
