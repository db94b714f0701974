package io.hacluster.backend;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The programs of the operating system that are used, looked up in the {@code PATH}.
 */
final class Programs {

	private Programs() {
	}

	/**
	 * Returns the beginning of a command that runs the rest of it in a session of its
	 * own, where neither a terminal nor a signal to this JVM's process group reaches it.
	 * @throws BackendException if nothing on this machine can do that
	 */
	static List<String> newSession() {
		String path = System.getenv("PATH");
		Path setsid = find("setsid", path);
		if (setsid != null) {
			return List.of(setsid.toString());
		}
		Path perl = find("perl", path);
		if (perl != null) {
			return List.of(perl.toString(), "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV");
		}
		throw new BackendException("A backend needs the program 'setsid' (util-linux) or 'perl' to give processes a "
				+ "session of their own; neither is in the PATH");
	}

	/**
	 * Returns the beginning of a command that runs a shell whose {@code read} can be
	 * limited in time, which is not asked of it by POSIX.
	 * @throws BackendException if there is none on this machine
	 */
	static List<String> shell() {
		String path = System.getenv("PATH");
		Path bash = find("bash", path);
		if (bash != null) {
			return List.of(bash.toString());
		}
		Path busybox = find("busybox", path);
		if (busybox != null) {
			return List.of(busybox.toString(), "ash");
		}
		throw new BackendException(
				"The guard of a backend needs the program 'bash' or 'busybox'; neither is in the PATH");
	}

	/**
	 * Finds an executable file.
	 * @param name its name
	 * @param searchPath directories as in {@code PATH}, {@code null} for none
	 */
	static @Nullable Path find(String name, @Nullable String searchPath) {
		if (searchPath == null) {
			return null;
		}
		for (String element : searchPath.split(File.pathSeparator)) {
			Path candidate = Path.of(element.isEmpty() ? "." : element).resolve(name).toAbsolutePath();
			if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
				return candidate;
			}
		}
		return null;
	}

}
