package io.hacluster.backend;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Turns a configured command into what is executed, or says what is wrong with it in the
 * terms of the configuration.
 */
final class LaunchCommand {

	private static final String COMMAND = "ha.cluster.backend.process.command";

	private static final String DIRECTORY = "ha.cluster.backend.process.directory";

	/**
	 * Waits for the word to go, so that guard and record stand before the first
	 * instruction of the backend; ends if the manager dies before. Where the system can,
	 * it also asks the kernel for a SIGKILL on the manager's death. The backend's
	 * standard input is closed.
	 */
	private static final String LAUNCHER = """
			read -r go || exit 125
			exec </dev/null
			if setpriv --pdeathsig KILL true 2>/dev/null; then
				exec setpriv --pdeathsig KILL -- "$@"
			fi
			exec "$@"
			""";

	/**
	 * Reads the group, then blocks until the manager either releases it with a line or
	 * dies, which closes the pipe: then nothing of the group may go on.
	 */
	private static final String GUARD = """
			trap '' HUP INT QUIT TERM
			read -r group || exit 0
			if read -r released; then exit 0; fi
			for again in 1 2 3; do
				kill -s KILL -- "-$group" || exit 0
				sleep 1
			done
			""";

	private LaunchCommand() {
	}

	static List<String> guard() {
		List<String> command = new ArrayList<>(newSession());
		command.addAll(List.of("/bin/sh", "-c", GUARD, "ha-guard"));
		return command;
	}

	/**
	 * Passes on what the backend writes, until the last process of its group has ended.
	 */
	static ProcessBuilder relay() {
		List<String> command = new ArrayList<>(newSession());
		command.add("cat");
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
	}

	static List<String> backend(ProcessSettings settings, Map<String, String> environment) {
		Path directory = directory(settings);
		List<String> command = new ArrayList<>(newSession());
		command.addAll(List.of("/bin/sh", "-c", LAUNCHER, "ha-backend"));
		command.add(program(settings.command().get(0), directory, environment.get("PATH")).toString());
		command.addAll(settings.command().subList(1, settings.command().size()));
		return command;
	}

	private static Path directory(ProcessSettings settings) {
		Path directory = (settings.directory() != null) ? settings.directory().toAbsolutePath()
				: Path.of("").toAbsolutePath();
		if (!Files.isDirectory(directory)) {
			throw new BackendException("'" + DIRECTORY + "' must be a directory, but there is none at " + directory);
		}
		return directory;
	}

	private static Path program(String name, Path directory, @Nullable String searchPath) {
		if (name.contains("/")) {
			Path program = directory.resolve(name).normalize();
			if (!Files.exists(program)) {
				throw new BackendException("'" + COMMAND + "' names " + program + ", which does not exist");
			}
			if (Files.isDirectory(program) || !Files.isExecutable(program)) {
				throw new BackendException("'" + COMMAND + "' names " + program + ", which is not an executable file");
			}
			return program;
		}
		Path program = find(name, searchPath);
		if (program == null) {
			throw new BackendException("'" + COMMAND + "' names '" + name + "', which is not found in the PATH ("
					+ ((searchPath != null) ? searchPath : "unset") + ")");
		}
		return program;
	}

	private static List<String> newSession() {
		String path = System.getenv("PATH");
		Path setsid = find("setsid", path);
		if (setsid != null) {
			return List.of(setsid.toString());
		}
		Path perl = find("perl", path);
		if (perl != null) {
			return List.of(perl.toString(), "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV");
		}
		throw new BackendException("A backend of type 'process' needs the program 'setsid' (util-linux) or 'perl' "
				+ "to give it a process group of its own; neither is in the PATH");
	}

	private static @Nullable Path find(String name, @Nullable String searchPath) {
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
